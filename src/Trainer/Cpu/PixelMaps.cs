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

    /// <summary>Several channels at once.</summary>
    static abstract Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k);

    /// <summary>One channel.</summary>
    static abstract float Map(float x, float second, in ChannelCoefficients<float> k);
}

/// <summary>Up to four coefficients of a channel, or of several neighbouring ones.</summary>
internal readonly record struct ChannelCoefficients<T>(T A, T B, T C, T D);

/// <summary>Coefficients as they lie in memory: coefficient k of channel c at <c>Pointer[k * Channels + c]</c>.</summary>
internal readonly unsafe record struct CoefficientRows(nint Address, int Channels)
{
    /// <summary>The first <paramref name="count"/> coefficients of the channels from <paramref name="channel"/> on; the others are 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ChannelCoefficients<Vector<float>> Vectors(int channel, int count)
    {
        float* k = (float*)Address + channel;
        return new(
            count > 0 ? Vector.Load(k) : default,
            count > 1 ? Vector.Load(k + Channels) : default,
            count > 2 ? Vector.Load(k + (2 * (nint)Channels)) : default,
            count > 3 ? Vector.Load(k + (3 * (nint)Channels)) : default);
    }

    /// <summary>The same for one channel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ChannelCoefficients<float> Scalars(int channel, int count)
    {
        float* k = (float*)Address + channel;
        return new(
            count > 0 ? k[0] : 0,
            count > 1 ? k[Channels] : 0,
            count > 2 ? k[2 * (nint)Channels] : 0,
            count > 3 ? k[3 * (nint)Channels] : 0);
    }
}

/// <summary>Loops over a run of pixels that keep the coefficients of a few channels in registers.</summary>
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
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            ChannelCoefficients<Vector<float>> k = rows.Vectors(channel + c, TMap.Coefficients);
            for (int i = 0; i < pixels; i++)
            {
                Vector<float> other = TMap.HasSecond ? Vector.Load(second + c + (i * stepSecond)) : default;
                Vector.Store(TMap.Map(Vector.Load(x + c + (i * stepX)), other, k), to + c + (i * stepTo));
            }
        }

        for (; c < channels; c++)
        {
            ChannelCoefficients<float> k = rows.Scalars(channel + c, TMap.Coefficients);
            for (int i = 0; i < pixels; i++)
            {
                to[c + (i * stepTo)] = TMap.Map(x[c + (i * stepX)], TMap.HasSecond ? second[c + (i * stepSecond)] : 0, k);
            }
        }
    }
}

/// <summary>x.</summary>
internal readonly struct Unchanged : IPixelMap
{
    public static int Coefficients => 0;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => x;

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => x;
}

/// <summary>x + a: a bias.</summary>
internal readonly struct PlusCoefficient : IPixelMap
{
    public static int Coefficients => 1;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => x + k.A;

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => x + k.A;
}

/// <summary>x + second: a skip connection.</summary>
internal readonly struct PlusSecond : IPixelMap
{
    public static int Coefficients => 0;

    public static bool HasSecond => true;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => x + second;

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => x + second;
}

/// <summary>max(x, 0); NaN stays NaN.</summary>
internal readonly struct Rectified : IPixelMap
{
    public static int Coefficients => 0;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => Of(x);

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => Of(x);

    // A comparison with NaN is false.
    public static Vector<float> Of(Vector<float> x) => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);

    public static float Of(float x) => x < 0 ? 0 : x;
}

/// <summary>(x − a)·b + c: batch normalisation with mean, scale and shift.</summary>
internal readonly struct Normalized : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) =>
        Vector.FusedMultiplyAdd(x - k.A, k.B, k.C);

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => float.FusedMultiplyAdd(x - k.A, k.B, k.C);
}

/// <summary>max((x − a)·b + c, 0).</summary>
internal readonly struct NormalizedRectified : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => Rectified.Of(Normalized.Map(x, second, k));

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => Rectified.Of(Normalized.Map(x, second, k));
}

/// <summary>max((x − a)·b + c + second, 0): the end of a residual block.</summary>
internal readonly struct NormalizedPlusSecondRectified : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => true;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) =>
        Rectified.Of(Normalized.Map(x, second, k) + second);

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => Rectified.Of(Normalized.Map(x, second, k) + second);
}

/// <summary>x·b + ((second − a)·c + d): the gradient through batch normalisation, x that of its output and second its input.</summary>
internal readonly struct NormalizationGradient : IPixelMap
{
    public static int Coefficients => 4;

    public static bool HasSecond => true;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) =>
        Vector.FusedMultiplyAdd(x, k.B, Vector.FusedMultiplyAdd(second - k.A, k.C, k.D));

    public static float Map(float x, float second, in ChannelCoefficients<float> k) =>
        float.FusedMultiplyAdd(x, k.B, float.FusedMultiplyAdd(second - k.A, k.C, k.D));
}

/// <summary>x where second is above 0, else 0: the gradient through a ReLU, second its output.</summary>
internal readonly struct WherePositive : IPixelMap
{
    public static int Coefficients => 0;

    public static bool HasSecond => true;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) =>
        Vector.ConditionalSelect(Vector.GreaterThan(second, Vector<float>.Zero), x, Vector<float>.Zero);

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => second > 0 ? x : 0;
}

/// <summary>x where (second − a)·b + c is above 0, else 0: the gradient through a ReLU whose input is normalised anew.</summary>
internal readonly struct WhereNormalizedPositive : IPixelMap
{
    public static int Coefficients => 3;

    public static bool HasSecond => true;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) =>
        WherePositive.Map(x, Normalized.Map(second, second, k), k);

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => WherePositive.Map(x, Normalized.Map(second, second, k), k);
}

/// <summary>x·a: the gradient through batch normalisation with given statistics.</summary>
internal readonly struct TimesCoefficient : IPixelMap
{
    public static int Coefficients => 1;

    public static bool HasSecond => false;

    public static Vector<float> Map(Vector<float> x, Vector<float> second, in ChannelCoefficients<Vector<float>> k) => x * k.A;

    public static float Map(float x, float second, in ChannelCoefficients<float> k) => x * k.A;
}
