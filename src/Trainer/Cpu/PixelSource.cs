namespace Gimbal.Trainer.Cpu;

/// <summary>How a convolution reads the pixels of an operand: as they lie in memory, or as an op in front of it would have made them.</summary>
/// <remarks>
/// Convolutions copy the pixels they need into a thread's scratch, run by run; what is done to them on the way costs no pass of its own. Pixels
/// outside the image are zeros that the convolution writes itself: they are never read through here.
/// </remarks>
internal unsafe struct PixelSource
{
    /// <summary>First element, N, H, W, C.</summary>
    public float* X;

    /// <summary>Channels of a pixel, all groups together.</summary>
    public int Channels;

    /// <summary>Copies one run of neighbouring pixels.</summary>
    public delegate*<in PixelSource, in PixelRun, float*, nint, void> Reader;

    /// <summary>Pixels as they lie in memory.</summary>
    public static PixelSource Plain(float* x, int channels) => new() { X = x, Channels = channels, Reader = &Copy };

    /// <summary>Copies a run.</summary>
    /// <param name="run">Which pixels and channels.</param>
    /// <param name="to">Receives the first channel of the first pixel.</param>
    /// <param name="toStride">Elements from one pixel of <paramref name="to"/> to the next.</param>
    public readonly void Read(in PixelRun run, float* to, nint toStride) => Reader(in this, in run, to, toStride);

    private static void Copy(in PixelSource source, in PixelRun run, float* to, nint toStride)
    {
        float* from = source.X + (run.Pixel * source.Channels) + run.Channel;
        if (run.Channels == source.Channels && toStride == run.Channels)
        {
            Floats.Copy(from, to, run.Pixels * run.Channels);
            return;
        }

        for (int i = 0; i < run.Pixels; i++, from += source.Channels, to += toStride)
        {
            Floats.Copy(from, to, run.Channels);
        }
    }
}

/// <summary>Neighbouring pixels of one row of one image, and a range of their channels.</summary>
/// <param name="Pixel">The first pixel, counted through all rows and images.</param>
/// <param name="Pixels">Number of pixels; they do not cross the end of a row.</param>
/// <param name="Channel">First channel, counted through all groups.</param>
/// <param name="Channels">Number of channels.</param>
internal readonly record struct PixelRun(nint Pixel, int Pixels, int Channel, int Channels);
