namespace Gimbal.Trainer.Cpu;

/// <summary>What a convolution does with the pixels it has computed: store them, or what an op behind it would have made of them.</summary>
internal unsafe struct PixelTarget
{
    /// <summary>First element of the result, N, H, W, C.</summary>
    public float* Y;

    /// <summary>One per channel, added to every pixel, or null.</summary>
    public float* Bias;

    /// <summary>Channels of a pixel, all groups together.</summary>
    public int Channels;

    /// <summary>Columns of an image of the result.</summary>
    public int Width;

    /// <summary>Floats each chunk of the convolution has for sums of its own; 0 where the target sums nothing.</summary>
    public int ChunkFloats;

    /// <summary>Stores one block.</summary>
    public delegate*<in PixelTarget, in PixelBlock, float*, nint, nint, float*, void> Writer;

    /// <summary>Pixels as they are, plus a bias.</summary>
    public static PixelTarget Plain(float* y, float* bias, int channels, int width) =>
        new() { Y = y, Bias = bias, Channels = channels, Width = width, Writer = &Store };

    /// <summary>Stores a block.</summary>
    /// <param name="block">Which pixels and channels.</param>
    /// <param name="from">The first channel of the first pixel; may be overwritten.</param>
    /// <param name="pixelStride">Elements from one pixel of <paramref name="from"/> to the next.</param>
    /// <param name="rowStride">Elements from one row of <paramref name="from"/> to the next.</param>
    /// <param name="sums"><see cref="ChunkFloats"/> floats that belong to the chunk; its first block finds zeros.</param>
    public readonly void Write(in PixelBlock block, float* from, nint pixelStride, nint rowStride, float* sums) =>
        Writer(in this, in block, from, pixelStride, rowStride, sums);

    private static void Store(in PixelTarget target, in PixelBlock block, float* from, nint pixelStride, nint rowStride, float* sums)
    {
        float* bias = target.Bias == null ? null : target.Bias + block.Channel;
        nint step = (nint)block.ColumnStep * target.Channels;
        for (int row = 0; row < block.Rows; row++, from += rowStride)
        {
            float* pixel = from;
            float* y = target.Y + (((block.FirstPixel(target.Width) + ((nint)row * target.Width)) * target.Channels) + block.Channel);
            for (int column = 0; column < block.Columns; column++, pixel += pixelStride, y += step)
            {
                if (bias == null)
                {
                    Floats.Copy(pixel, y, block.Channels);
                }
                else
                {
                    Floats.Sum(pixel, bias, y, block.Channels);
                }
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
