using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>What becomes of an element of a pixel, given the element of a second pixel at its place and the coefficients of its channel.</summary>
internal interface IPixelMap
{
    /// <summary>Coefficients per channel it reads, 0 to 4.</summary>
    static abstract int Coefficients { get; }

    /// <summary>Whether it reads a second pixel.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>Several channels at once; what is not read of the second pixel and the coefficients a, b, c, d is 0.</summary>
    static abstract Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d);

    /// <summary>One channel.</summary>
    static abstract float Map(float x, float second, float a, float b, float c, float d);
}

/// <summary>Coefficients as they lie in memory: coefficient k of channel c at <c>Pointer[k * Channels + c]</c>.</summary>
internal readonly unsafe record struct CoefficientRows(nint Address, int Channels)
{
    /// <summary>Coefficient <paramref name="k"/> of several channels, or 0 where a map has only <paramref name="count"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Vector(int k, int count, int channel) =>
        k < count ? System.Numerics.Vector.Load((float*)Address + ((nint)k * Channels) + channel) : Vector<float>.Zero;

    /// <summary>The same for one channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Scalar(int k, int count, int channel) => k < count ? ((float*)Address)[((nint)k * Channels) + channel] : 0;
}

/// <summary>Loops over a run of pixels that keep the coefficients of a few channels in registers.</summary>
/// <remarks>Operands are read in whole vectors, which may reach behind the last channel: <see cref="CpuMemory"/> keeps room for that.</remarks>
internal static unsafe class PixelMaps
{
    /// <summary>Stores map(x, second) for every channel of every pixel; <paramref name="to"/> may be x.</summary>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="channel">First channel, for the coefficients.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="rows">The coefficients.</param>
    /// <param name="x">First channel of the first pixel.</param>
    /// <param name="stepX">Elements from one pixel to the next.</param>
    /// <param name="second">The same of the second operand; null where the map reads none.</param>
    /// <param name="stepSecond">Elements from one of its pixels to the next.</param>
    /// <param name="to">Where the result goes.</param>
    /// <param name="stepTo">Elements from one of its pixels to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TMap>(
        int pixels, int channel, int channels, CoefficientRows rows, float* x, nint stepX, float* second, nint stepSecond, float* to, nint stepTo)
        where TMap : IPixelMap
    {
        int c = 0;
        for (; c <= channels - (2 * Vector<float>.Count); c += 2 * Vector<float>.Count)
        {
            RunTwo<TMap>(pixels, channel + c, rows, x + c, stepX, second + c, stepSecond, to + c, stepTo);
        }

        for (; c < channels; c += Vector<float>.Count)
        {
            RunOne<TMap>(pixels, channel + c, Math.Min(Vector<float>.Count, channels - c), rows, x + c, stepX, second + c, stepSecond, to + c, stepTo);
        }
    }

    // Two vectors at a time: half the overhead, and whole cache lines.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunTwo<TMap>(int pixels, int channel, CoefficientRows rows, float* x, nint stepX, float* second, nint stepSecond, float* to, nint stepTo)
        where TMap : IPixelMap
    {
        int next = Vector<float>.Count;
        Vector<float> k0 = rows.Vector(0, TMap.Coefficients, channel);
        Vector<float> k1 = rows.Vector(1, TMap.Coefficients, channel);
        Vector<float> k2 = rows.Vector(2, TMap.Coefficients, channel);
        Vector<float> k3 = rows.Vector(3, TMap.Coefficients, channel);
        Vector<float> l0 = rows.Vector(0, TMap.Coefficients, channel + next);
        Vector<float> l1 = rows.Vector(1, TMap.Coefficients, channel + next);
        Vector<float> l2 = rows.Vector(2, TMap.Coefficients, channel + next);
        Vector<float> l3 = rows.Vector(3, TMap.Coefficients, channel + next);
        for (int i = 0; i < pixels; i++, x += stepX, second += stepSecond, to += stepTo)
        {
            Vector.Store(TMap.Map(Vector.Load(x), TMap.HasSecond ? Vector.Load(second) : default, k0, k1, k2, k3), to);
            Vector.Store(TMap.Map(Vector.Load(x + next), TMap.HasSecond ? Vector.Load(second + next) : default, l0, l1, l2, l3), to + next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunOne<TMap>(
        int pixels, int channel, int channels, CoefficientRows rows, float* x, nint stepX, float* second, nint stepSecond, float* to, nint stepTo)
        where TMap : IPixelMap
    {
        Vector<float> k0 = rows.Vector(0, TMap.Coefficients, channel);
        Vector<float> k1 = rows.Vector(1, TMap.Coefficients, channel);
        Vector<float> k2 = rows.Vector(2, TMap.Coefficients, channel);
        Vector<float> k3 = rows.Vector(3, TMap.Coefficients, channel);
        for (int i = 0; i < pixels; i++, x += stepX, second += stepSecond, to += stepTo)
        {
            Vector<float> result = TMap.Map(Vector.Load(x), TMap.HasSecond ? Vector.Load(second) : default, k0, k1, k2, k3);
            Floats.Store(result, to, channels);
        }
    }
}

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly struct Rectified : IPixelMap
{
    public static int Coefficients => 0;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) => Of(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) => Of(x);

    // A comparison with NaN is false.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x) => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(float x) => x < 0 ? 0 : x;
}

/// <summary>(x − a)·b + c: batch normalisation with mean, scale and shift.</summary>
internal readonly struct Normalized : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) =>
        Vector.FusedMultiplyAdd(x - a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) => float.FusedMultiplyAdd(x - a, b, c);
}

/// <summary>max((x − a)·b + c, 0).</summary>
internal readonly struct NormalizedRectified : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) => Rectified.Of(Normalized.Map(x, second, a, b, c, d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) => Rectified.Of(Normalized.Map(x, second, a, b, c, d));
}

/// <summary>max((x − a)·b + c + second, 0): the end of a residual block.</summary>
internal readonly struct NormalizedPlusSecondRectified : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) =>
        Rectified.Of(Normalized.Map(x, second, a, b, c, d) + second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) => Rectified.Of(Normalized.Map(x, second, a, b, c, d) + second);
}

/// <summary>x·b + ((second − a)·c + d): the gradient through batch normalisation, x that of its output and second its input.</summary>
internal readonly struct NormalizationGradient : IPixelMap
{
    public static int Coefficients => 4;

    public static bool HasSecond => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) =>
        Vector.FusedMultiplyAdd(x, b, Vector.FusedMultiplyAdd(second - a, c, d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) =>
        float.FusedMultiplyAdd(x, b, float.FusedMultiplyAdd(second - a, c, d));
}

/// <summary>x·a: the gradient through batch normalisation with given statistics.</summary>
internal readonly struct TimesCoefficient : IPixelMap
{
    public static int Coefficients => 1;

    public static bool HasSecond => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Map(Vector<float> x, Vector<float> second, Vector<float> a, Vector<float> b, Vector<float> c, Vector<float> d) => x * a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Map(float x, float second, float a, float b, float c, float d) => x * a;
}
