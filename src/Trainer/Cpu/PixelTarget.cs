using System.Numerics;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>Which sums over its pixels a target keeps per chunk and channel.</summary>
internal enum TargetSums
{
    /// <summary>None.</summary>
    None,

    /// <summary>Rows of <see cref="ChannelMoments"/>: of what is stored.</summary>
    Moments,

    /// <summary>Rows of <see cref="NormalizationGradientSums"/>: of what is stored, a gradient, and the pixels it belongs to.</summary>
    NormalizationGradient,
}

/// <summary>What a convolution does with the pixels it has computed: store them, or what ops behind it would have made of them.</summary>
/// <remarks>
/// In this order: plus a bias, plus a skip connection, zero below 0 (ReLU) or where a mask is not positive, summed per channel, stored; or pooled and then stored.
/// A chunk's pixels are in the cache meanwhile, so that none of it costs a pass over memory.
/// </remarks>
internal readonly unsafe struct PixelTarget
{
    /// <summary>First element of the result, N, H, W, C; of the pooled result where it is pooled.</summary>
    public required float* Y { get; init; }

    /// <summary>Channels of a pixel, all groups together.</summary>
    public required int Channels { get; init; }

    /// <summary>Columns of an image, before pooling.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of an image, before pooling.</summary>
    public required int Height { get; init; }

    /// <summary>One per channel, added to every pixel, or null.</summary>
    public float* Bias { get; init; }

    /// <summary>Added to the result pixel by pixel, or null.</summary>
    public float* Skip { get; init; }

    /// <summary>Whether negative values become 0.</summary>
    public bool Rectifies { get; init; }

    /// <summary>Where this is not positive the result is 0; or null.</summary>
    public float* Mask { get; init; }

    /// <summary>[3, C]: the mask is normalised with these first; or null.</summary>
    public float* MaskCoefficients { get; init; }

    /// <summary>What is summed.</summary>
    public TargetSums Sums { get; init; }

    /// <summary>For the sums of a gradient: the pixels it belongs to.</summary>
    public float* Input { get; init; }

    /// <summary>For the sums of a gradient: the mean of each channel of <see cref="Input"/>.</summary>
    public float* Mean { get; init; }

    /// <summary>Receives where each maximum was found; null where nothing is pooled.</summary>
    public int* Positions { get; init; }

    /// <summary>Floats each chunk of the convolution has for sums of its own.</summary>
    public int ChunkFloats => Channels * (Sums switch
    {
        TargetSums.Moments => ChannelMoments.Rows,
        TargetSums.NormalizationGradient => NormalizationGradientSums.Rows,
        _ => 0,
    });

    /// <summary>Stores a block.</summary>
    /// <param name="block">Which pixels and channels; whole windows where they are pooled.</param>
    /// <param name="from">The first channel of the first pixel; may be overwritten.</param>
    /// <param name="pixelStride">Elements from one pixel of <paramref name="from"/> to the next.</param>
    /// <param name="rowStride">Elements from one row of <paramref name="from"/> to the next.</param>
    /// <param name="sums"><see cref="ChunkFloats"/> floats that belong to the chunk; its first block finds zeros.</param>
    public void Write(in PixelBlock block, float* from, nint pixelStride, nint rowStride, float* sums)
    {
        if (Skip == null)
        {
            Write<No>(block, from, pixelStride, rowStride, sums);
        }
        else
        {
            Write<Yes>(block, from, pixelStride, rowStride, sums);
        }

        if (Positions != null)
        {
            Pool(block, from, pixelStride, rowStride);
        }
    }

    /// <summary>Asks for one of several parts of what storing a range of pixels reads and writes ahead of time.</summary>
    /// <param name="first">The first pixel, counted through all rows and images.</param>
    /// <param name="count">Number of pixels.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Number of parts.</param>
    public void Prefetch(nint first, nint count, int part, int parts)
    {
        if (Positions != null)
        {
            return;
        }

        first *= Channels;
        count *= Channels;
        Floats.Prefetch(Y + first, count, part, parts);
        if (Skip != null)
        {
            Floats.Prefetch(Skip + first, count, part, parts);
        }

        if (Mask != null)
        {
            Floats.Prefetch(Mask + first, count, part, parts);
        }

        if (Input != null && Input != Mask)
        {
            Floats.Prefetch(Input + first, count, part, parts);
        }
    }

    private void Write<TSkip>(in PixelBlock block, float* from, nint pixelStride, nint rowStride, float* sums)
        where TSkip : IAnswer
    {
        if (MaskCoefficients != null)
        {
            Write<TSkip, NormalizedMaskGate>(block, from, pixelStride, rowStride, sums);
        }
        else if (Mask != null)
        {
            Write<TSkip, MaskGate>(block, from, pixelStride, rowStride, sums);
        }
        else if (Rectifies)
        {
            Write<TSkip, ReluGate>(block, from, pixelStride, rowStride, sums);
        }
        else
        {
            Write<TSkip, OpenGate>(block, from, pixelStride, rowStride, sums);
        }
    }

    private void Write<TSkip, TGate>(in PixelBlock block, float* from, nint pixelStride, nint rowStride, float* sums)
        where TSkip : IAnswer
        where TGate : IPixelGate
    {
        for (int row = 0; row < block.Rows; row++, from += rowStride)
        {
            switch (Sums)
            {
                case TargetSums.Moments:
                    (nint centre, nint sum, nint squares) = ChannelMoments.Begin(sums, Channels, block.Channel, block.Channels, block.Columns, from);
                    WriteRow<TSkip, TGate, MomentTerms>(block, row, from, pixelStride, (float*)centre, (float*)sum, (float*)squares);
                    break;
                case TargetSums.NormalizationGradient:
                    float* first = sums + block.Channel;
                    WriteRow<TSkip, TGate, NormalizationGradientTerms>(block, row, from, pixelStride, Mean + block.Channel, first, first + Channels);
                    break;
                default:
                    WriteRow<TSkip, TGate, NoTerms>(block, row, from, pixelStride, null, null, null);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteRow<TSkip, TGate, TTerms>(in PixelBlock block, int row, float* from, nint stepFrom, float* centre, float* sum, float* sum2)
        where TSkip : IAnswer
        where TGate : IPixelGate
        where TTerms : IPixelTerms
    {
        nint first = ((block.FirstPixel(Width) + ((nint)row * Width)) * Channels) + block.Channel;
        nint step = (nint)block.ColumnStep * Channels;
        CoefficientRows coefficients = new((nint)MaskCoefficients, Channels);
        // What is pooled stays where it is until the rows below are there too.
        float* to = Positions == null ? Y + first : from;
        nint stepTo = Positions == null ? step : stepFrom;
        for (int c = 0; c < block.Channels; c += Vector<float>.Count)
        {
            int count = Math.Min(Vector<float>.Count, block.Channels - c);
            Vector<float> bias = Bias == null ? Vector<float>.Zero : Vector.Load(Bias + block.Channel + c);
            Vector<float> k0 = coefficients.Vector(0, TGate.Coefficients, block.Channel + c);
            Vector<float> k1 = coefficients.Vector(1, TGate.Coefficients, block.Channel + c);
            Vector<float> k2 = coefficients.Vector(2, TGate.Coefficients, block.Channel + c);
            Vector<float> middle = TTerms.IsOn ? Vector.Load(centre + c) : default;
            Vector<float> total = TTerms.IsOn ? Vector.Load(sum + c) : default;
            Vector<float> total2 = TTerms.IsOn ? Vector.Load(sum2 + c) : default;
            float* x = from + c;
            float* y = to + c;
            float* skip = Skip + first + c;
            float* mask = Mask + first + c;
            float* input = Input + first + c;
            for (int i = 0; i < block.Columns; i++, x += stepFrom, y += stepTo, skip += step, mask += step, input += step)
            {
                Vector<float> value = Vector.Load(x) + bias;
                value = TSkip.IsYes ? value + Vector.Load(skip) : value;
                value = TGate.Of(value, TGate.HasMask ? Vector.Load(mask) : default, k0, k1, k2);
                if (TTerms.IsOn)
                {
                    (Vector<float> term, Vector<float> term2) = TTerms.Of(value, TTerms.HasSecond ? Vector.Load(input) : default, middle);
                    total += term;
                    total2 += term2;
                }

                Floats.Store(value, y, count);
            }

            if (TTerms.IsOn)
            {
                Floats.Store(total, sum + c, count);
                Floats.Store(total2, sum2 + c, count);
            }
        }
    }

    private void Pool(in PixelBlock block, float* from, nint pixelStride, nint rowStride)
    {
        int pooledWidth = Width / Pooling2.Size;
        for (int row = 0; row + Pooling2.Size <= block.Rows; row += Pooling2.Size)
        {
            nint imageRow = block.ImageRow + row;
            int h = (int)(imageRow % Height);
            nint pooledRow = (imageRow / Height * (Height / Pooling2.Size)) + (h / Pooling2.Size);
            for (int column = 0; column + Pooling2.Size <= block.Columns; column += Pooling2.Size)
            {
                int w = block.Column + column;
                nint pooled = (((pooledRow * pooledWidth) + (w / Pooling2.Size)) * Channels) + block.Channel;
                float* upper = from + (row * rowStride) + (column * pixelStride);
                Pooling2.Pool(upper, pixelStride, rowStride, (h * Width) + w, Width, block.Channels, Y + pooled, Positions + pooled);
            }
        }
    }
}

/// <summary>A question that is answered when code is compiled.</summary>
internal interface IAnswer
{
    /// <summary>The answer.</summary>
    static abstract bool IsYes { get; }
}

/// <summary>Yes.</summary>
internal readonly struct Yes : IAnswer
{
    public static bool IsYes => true;
}

/// <summary>No.</summary>
internal readonly struct No : IAnswer
{
    public static bool IsYes => false;
}

/// <summary>A rectangle of one image of a result, and a range of its channels.</summary>
/// <param name="ImageRow">First row, counted through all images.</param>
/// <param name="Rows">Number of neighbouring rows; they do not cross the end of an image.</param>
/// <param name="Column">First column.</param>
/// <param name="Columns">Number of columns.</param>
/// <param name="ColumnStep">From one column to the next: more than 1 where a strided convolution's gradient comes in interleaved parts, which have one row a block.</param>
/// <param name="Channel">First channel, counted through all groups.</param>
/// <param name="Channels">Number of channels.</param>
internal readonly record struct PixelBlock(nint ImageRow, int Rows, int Column, int Columns, int ColumnStep, int Channel, int Channels)
{
    /// <summary>The first pixel, counted through all rows and images.</summary>
    public nint FirstPixel(int width) => (ImageRow * width) + Column;
}
