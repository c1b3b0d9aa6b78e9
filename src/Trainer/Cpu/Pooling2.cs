using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>2×2 max-pooling of stride 2 inside a convolution: forward on the way out, backward on the way in.</summary>
internal static unsafe class Pooling2
{
    /// <summary>Rows and columns of a window, and its stride.</summary>
    public const int Size = 2;

    /// <summary>Stores the largest of four pixels and where it was found; the first of equal values wins, NaN wins over all.</summary>
    /// <param name="upper">First channel of the upper left pixel.</param>
    /// <param name="pixelStride">Elements from one pixel to the next.</param>
    /// <param name="rowStride">Elements from the upper pixels to the lower.</param>
    /// <param name="position">Of the upper left pixel in its image: h·W + w.</param>
    /// <param name="width">W.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="y">Receives the values.</param>
    /// <param name="positions">Receives where they were found.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pool(float* upper, nint pixelStride, nint rowStride, int position, int width, int channels, float* y, int* positions)
    {
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<float> best = Vector.Load(upper + c);
            Vector<int> at = new(position);
            Improve(ref best, ref at, Vector.Load(upper + c + pixelStride), position + 1);
            Improve(ref best, ref at, Vector.Load(upper + c + rowStride), position + width);
            Improve(ref best, ref at, Vector.Load(upper + c + rowStride + pixelStride), position + width + 1);
            best.Store(y + c);
            at.Store(positions + c);
        }

        for (; c < channels; c++)
        {
            float best = upper[c];
            int at = position;
            Improve(ref best, ref at, upper[c + pixelStride], position + 1);
            Improve(ref best, ref at, upper[c + rowStride], position + width);
            Improve(ref best, ref at, upper[c + rowStride + pixelStride], position + width + 1);
            (y[c], positions[c]) = (best, at);
        }
    }

    /// <summary>Stores the gradient of one pixel: that of its window where the window chose it, else 0.</summary>
    /// <param name="gradY">First channel of the window's gradient.</param>
    /// <param name="positions">First channel of what the window chose.</param>
    /// <param name="position">Of the pixel in its image.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="to">Receives the gradient.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpool(float* gradY, int* positions, int position, int channels, float* to)
    {
        Vector<int> chosen = new(position);
        int c = 0;
        for (; c <= channels - Vector<float>.Count; c += Vector<float>.Count)
        {
            Vector<int> isChosen = Vector.Equals(Vector.Load(positions + c), chosen);
            Vector.ConditionalSelect(isChosen, Vector.Load(gradY + c), Vector<float>.Zero).Store(to + c);
        }

        for (; c < channels; c++)
        {
            to[c] = positions[c] == position ? gradY[c] : 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Improve(ref Vector<float> best, ref Vector<int> at, Vector<float> x, int position)
    {
        Vector<int> isBetter = Vector.GreaterThan(x, best) | ~Vector.Equals(x, x);
        best = Vector.ConditionalSelect(isBetter, x, best);
        at = Vector.ConditionalSelect(isBetter, new Vector<int>(position), at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Improve(ref float best, ref int at, float x, int position)
    {
        if (x > best || float.IsNaN(x))
        {
            (best, at) = (x, position);
        }
    }
}
