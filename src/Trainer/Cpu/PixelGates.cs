using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>What becomes of a result: the last step before it is stored.</summary>
internal interface IPixelGate
{
    /// <summary>Whether it reads a mask.</summary>
    static abstract bool HasMask { get; }

    /// <summary>Coefficients per channel it reads, 0 or 3.</summary>
    static abstract int Coefficients { get; }

    /// <summary>Several channels at once.</summary>
    static abstract Vector<float> Of(Vector<float> x, Vector<float> mask, Vector<float> a, Vector<float> b, Vector<float> c);
}

/// <summary>It stays.</summary>
internal readonly struct OpenGate : IPixelGate
{
    public static bool HasMask => false;

    public static int Coefficients => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, Vector<float> mask, Vector<float> a, Vector<float> b, Vector<float> c) => x;
}

/// <summary>Negative values become 0: a ReLU.</summary>
internal readonly struct ReluGate : IPixelGate
{
    public static bool HasMask => false;

    public static int Coefficients => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, Vector<float> mask, Vector<float> a, Vector<float> b, Vector<float> c) => Rectified.Of(x);
}

/// <summary>0 where the mask is not above 0: the gradient through a ReLU whose output the mask is.</summary>
internal readonly struct MaskGate : IPixelGate
{
    public static bool HasMask => true;

    public static int Coefficients => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, Vector<float> mask, Vector<float> a, Vector<float> b, Vector<float> c) =>
        Vector.ConditionalSelect(Vector.GreaterThan(mask, Vector<float>.Zero), x, Vector<float>.Zero);
}

/// <summary>0 where the normalised mask is not above 0: the gradient through a ReLU whose input is normalised anew.</summary>
internal readonly struct NormalizedMaskGate : IPixelGate
{
    public static bool HasMask => true;

    public static int Coefficients => 3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x, Vector<float> mask, Vector<float> a, Vector<float> b, Vector<float> c) =>
        MaskGate.Of(x, Normalized.Map(mask, default, a, b, c, default), default, default, default);
}
