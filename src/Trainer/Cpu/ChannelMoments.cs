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

    /// <summary>Prepares a chunk's sums, zero before its first run, for another one.</summary>
    /// <returns>Rows of the centre and of the two sums, from the first channel on.</returns>
    public static (nint Centre, nint Sum, nint Squares) Begin(float* sums, int allChannels, int channel, int channels, int pixels, float* x)
    {
        float* rows = sums + channel;
        float* centre = rows + ((nint)Centre * allChannels);
        if (rows[0] == 0)
        {
            Floats.Copy(x, centre, channels);
        }

        for (int c = 0; c < channels; c++)
        {
            rows[c] += pixels;
        }

        return ((nint)centre, (nint)(rows + ((nint)Sum * allChannels)), (nint)(rows + ((nint)Squares * allChannels)));
    }

    /// <summary>Joins the chunks of a few channels, chunk after chunk.</summary>
    /// <param name="sums">All chunks' sums.</param>
    /// <param name="allChannels">Channels of a row.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="mean">Receives the mean of each.</param>
    /// <param name="squares">Receives Σ (x − mean)² of each.</param>
    public static void Join(in ChunkSums sums, int allChannels, int channel, int channels, Span<double> mean, Span<double> squares)
    {
        Span<double> counts = stackalloc double[channels];
        counts.Clear();
        mean.Clear();
        squares.Clear();
        for (int chunk = 0; chunk < sums.Chunks; chunk++)
        {
            float* count = sums.Of(chunk) + channel;
            float* centre = count + ((nint)Centre * allChannels);
            float* sum = count + ((nint)Sum * allChannels);
            for (int c = 0; c < channels; c++)
            {
                counts[c] += count[c];
                mean[c] += ((double)count[c] * centre[c]) + sum[c];
            }
        }

        for (int c = 0; c < channels; c++)
        {
            mean[c] /= counts[c];
        }

        for (int chunk = 0; chunk < sums.Chunks; chunk++)
        {
            float* count = sums.Of(chunk) + channel;
            float* centre = count + ((nint)Centre * allChannels);
            float* sum = count + ((nint)Sum * allChannels);
            float* square = count + ((nint)Squares * allChannels);
            for (int c = 0; c < channels; c++)
            {
                // Σ (x − mean)² = Σ (x − centre)² + 2·(centre − mean)·Σ (x − centre) + n·(centre − mean)².
                double offset = centre[c] - mean[c];
                squares[c] += square[c] + (offset * ((2.0 * sum[c]) + (count[c] * offset)));
            }
        }

        for (int c = 0; c < channels; c++)
        {
            squares[c] = Math.Max(0, squares[c]);
        }
    }
}
