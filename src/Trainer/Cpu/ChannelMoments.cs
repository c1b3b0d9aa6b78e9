namespace Gimbal.Trainer.Cpu;

/// <summary>Mean and variance of channels from sums that chunks keep apart: rows of count, centre, Σ (x − centre), Σ (x − centre)².</summary>
/// <remarks>A chunk's centre is its first pixel, which lies within a few deviations of the mean: the squares lose nothing to a large offset.</remarks>
internal static unsafe class ChannelMoments
{
    /// <summary>Rows a chunk keeps, one float per channel each.</summary>
    public const int Rows = 4;

    // The first row is the count.
    private const int Centre = 1;
    private const int Sum = 2;
    private const int Squares = 3;

    /// <summary>Adds a run of pixels to a chunk's sums, which are zero before the first.</summary>
    public static void Add(float* sums, int allChannels, int channel, int channels, int pixels, float* x, nint stepX)
    {
        float* rows = sums + channel;
        if (rows[0] == 0)
        {
            Floats.Copy(x, rows + ((nint)Centre * allChannels), channels);
        }

        for (int c = 0; c < channels; c++)
        {
            rows[c] += pixels;
        }

        PixelSums.Add<MomentTerms>(
            pixels, channels, x, stepX, null, 0, rows + ((nint)Centre * allChannels), rows + ((nint)Sum * allChannels), rows + ((nint)Squares * allChannels));
    }

    /// <summary>Joins the chunks of one channel, in order.</summary>
    /// <param name="sums">All chunks' sums, one after the other.</param>
    /// <param name="chunks">Number of chunks.</param>
    /// <param name="allChannels">Channels of a row.</param>
    /// <param name="channel">Which channel.</param>
    /// <returns>The mean and Σ (x − mean)².</returns>
    public static (double Mean, double Squares) Join(float* sums, int chunks, int allChannels, int channel)
    {
        double count = 0;
        double total = 0;
        float* rows = sums + channel;
        for (int chunk = 0; chunk < chunks; chunk++, rows += (nint)Rows * allChannels)
        {
            count += rows[0];
            total += ((double)rows[0] * rows[(nint)Centre * allChannels]) + rows[(nint)Sum * allChannels];
        }

        double mean = total / count;
        double squares = 0;
        rows = sums + channel;
        for (int chunk = 0; chunk < chunks; chunk++, rows += (nint)Rows * allChannels)
        {
            // Σ (x − mean)² = Σ (x − centre)² + 2·(centre − mean)·Σ (x − centre) + n·(centre − mean)².
            double offset = rows[(nint)Centre * allChannels] - mean;
            squares += rows[(nint)Squares * allChannels] + (offset * ((2.0 * rows[(nint)Sum * allChannels]) + (rows[0] * offset)));
        }

        return (mean, Math.Max(0, squares));
    }
}
