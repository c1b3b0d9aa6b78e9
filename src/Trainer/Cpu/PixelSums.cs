using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>Two terms of an element of a pixel, which are summed per channel.</summary>
internal interface IPixelTerms
{
    /// <summary>Whether they read a second pixel.</summary>
    static abstract bool HasSecond { get; }

    /// <summary>The terms of several channels.</summary>
    static abstract (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre);

    /// <summary>The terms of one channel.</summary>
    static abstract (float First, float Second) Of(float x, float second, float centre);
}

/// <summary>x − centre and its square.</summary>
internal readonly struct MomentTerms : IPixelTerms
{
    public static bool HasSecond => false;

    public static (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre)
    {
        Vector<float> offset = x - centre;
        return (offset, offset * offset);
    }

    public static (float First, float Second) Of(float x, float second, float centre)
    {
        float offset = x - centre;
        return (offset, offset * offset);
    }
}

/// <summary>x and x·(second − centre): what the gradient through batch normalisation sums, x that of its output and second its input.</summary>
internal readonly struct NormalizationGradientTerms : IPixelTerms
{
    public static bool HasSecond => true;

    public static (Vector<float> First, Vector<float> Second) Of(Vector<float> x, Vector<float> second, Vector<float> centre) => (x, x * (second - centre));

    public static (float First, float Second) Of(float x, float second, float centre) => (x, x * (second - centre));
}

/// <summary>Sums over a run of pixels, a few channels in registers at a time.</summary>
internal static unsafe class PixelSums
{
    /// <summary>Adds the terms of every pixel to the sums of its channels.</summary>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="x">First channel of the first pixel.</param>
    /// <param name="stepX">Elements from one pixel to the next.</param>
    /// <param name="second">The same of the second operand; null where the terms read none.</param>
    /// <param name="stepSecond">Elements from one of its pixels to the next.</param>
    /// <param name="centre">One per channel.</param>
    /// <param name="sum">Sums of the first terms.</param>
    /// <param name="sum2">Sums of the second terms.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<TTerms>(
        int pixels, int channels, float* x, nint stepX, float* second, nint stepSecond, float* centre, float* sum, float* sum2)
        where TTerms : IPixelTerms
    {
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<float> middle = Vector.Load(centre + c);
            // Even and odd pixels apart: each addition would wait for the one before.
            Vector<float> even = Vector.Load(sum + c);
            Vector<float> even2 = Vector.Load(sum2 + c);
            Vector<float> odd = Vector<float>.Zero;
            Vector<float> odd2 = Vector<float>.Zero;
            float* at = x + c;
            float* atSecond = second + c;
            int i = 0;
            for (; i < pixels - 1; i += 2, at += 2 * stepX, atSecond += 2 * stepSecond)
            {
                (Vector<float> term, Vector<float> term2) = TTerms.Of(Vector.Load(at), TTerms.HasSecond ? Vector.Load(atSecond) : default, middle);
                (Vector<float> next, Vector<float> next2) = TTerms.Of(Vector.Load(at + stepX), TTerms.HasSecond ? Vector.Load(atSecond + stepSecond) : default, middle);
                even += term;
                even2 += term2;
                odd += next;
                odd2 += next2;
            }

            if (i < pixels)
            {
                (Vector<float> term, Vector<float> term2) = TTerms.Of(Vector.Load(at), TTerms.HasSecond ? Vector.Load(atSecond) : default, middle);
                even += term;
                even2 += term2;
            }

            (even + odd).Store(sum + c);
            (even2 + odd2).Store(sum2 + c);
        }

        for (; c < channels; c++)
        {
            for (int i = 0; i < pixels; i++)
            {
                (float term, float term2) = TTerms.Of(x[c + (i * stepX)], TTerms.HasSecond ? second[c + (i * stepSecond)] : 0, centre[c]);
                sum[c] += term;
                sum2[c] += term2;
            }
        }
    }
}
