using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>Two terms of what is stored, which are summed per channel.</summary>
internal interface IPixelTerms
{
    /// <summary>Whether anything is summed.</summary>
    static abstract bool IsOn { get; }

    /// <summary>Whether the terms read a second pixel.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>The terms of several channels.</summary>
    static abstract (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre);
}

/// <summary>Nothing.</summary>
internal readonly struct NoTerms : IPixelTerms
{
    public static bool IsOn => false;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre) => default;
}

/// <summary>x − centre and its square.</summary>
internal readonly struct MomentTerms : IPixelTerms
{
    public static bool IsOn => true;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre)
    {
        Vector<float> offset = x - centre;
        return (offset, offset * offset);
    }
}

/// <summary>x and x·(second − centre): what the gradient through batch normalisation sums, x that of its output and second its input.</summary>
internal readonly struct NormalizationGradientTerms : IPixelTerms
{
    public static bool IsOn => true;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre) => (x, x * (second - centre));
}
