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
        for (int row = 0; row < block.Rows; row++)
        {
            Finish(block, row, from + (row * rowStride), pixelStride, sums);
        }

        if (Positions != null)
        {
            Pool(block, from, pixelStride, rowStride);
        }
    }

    private void Finish(in PixelBlock block, int row, float* x, nint stepX, float* sums)
    {
        (int pixels, int c, int channels) = (block.Columns, block.Channel, block.Channels);
        nint at = ((block.FirstPixel(Width) + ((nint)row * Width)) * Channels) + c;
        nint step = (nint)block.ColumnStep * Channels;
        if (Bias != null)
        {
            PixelMaps.Run<PlusCoefficient>(pixels, c, channels, new((nint)Bias, Channels), x, stepX, null, 0, x, stepX);
        }

        if (Skip != null)
        {
            PixelMaps.Run<PlusSecond>(pixels, c, channels, default, x, stepX, Skip + at, step, x, stepX);
        }

        if (Rectifies)
        {
            PixelMaps.Run<Rectified>(pixels, c, channels, default, x, stepX, null, 0, x, stepX);
        }

        if (MaskCoefficients != null)
        {
            PixelMaps.Run<WhereNormalizedPositive>(pixels, c, channels, new((nint)MaskCoefficients, Channels), x, stepX, Mask + at, step, x, stepX);
        }
        else if (Mask != null)
        {
            PixelMaps.Run<WherePositive>(pixels, c, channels, default, x, stepX, Mask + at, step, x, stepX);
        }

        if (Sums == TargetSums.Moments)
        {
            ChannelMoments.Add(sums, Channels, c, channels, pixels, x, stepX);
        }
        else if (Sums == TargetSums.NormalizationGradient)
        {
            NormalizationGradientSums.Add(sums, Channels, c, channels, pixels, x, stepX, Input + at, step, Mean);
        }

        if (Positions == null)
        {
            Store(x, stepX, pixels, channels, Y + at, step);
        }
    }

    private static void Store(float* x, nint stepX, int pixels, int channels, float* y, nint step)
    {
        if (stepX == channels && step == channels)
        {
            Floats.Copy(x, y, pixels * channels);
            return;
        }

        for (int i = 0; i < pixels; i++, x += stepX, y += step)
        {
            Floats.Copy(x, y, channels);
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
