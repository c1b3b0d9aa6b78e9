namespace Gimbal.Trainer.Cpu;

/// <summary>What the gradients of batch normalisation need of every channel, from sums that chunks keep apart: rows of Σ gradY and Σ gradY·(x − mean).</summary>
internal static unsafe class NormalizationGradientSums
{
    /// <summary>Rows a chunk keeps, one float per channel each.</summary>
    public const int Rows = 2;

    /// <summary>Joins the chunks of a few channels, chunk after chunk.</summary>
    /// <param name="sums">All chunks' sums.</param>
    /// <param name="allChannels">Channels of a row.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="gradY">Receives Σ gradY of each.</param>
    /// <param name="product">Receives Σ gradY·(x − mean) of each.</param>
    public static void Join(in ChunkSums sums, int allChannels, int channel, int channels, Span<double> gradY, Span<double> product)
    {
        gradY.Clear();
        product.Clear();
        for (int chunk = 0; chunk < sums.Chunks; chunk++)
        {
            float* rows = sums.Of(chunk) + channel;
            for (int c = 0; c < channels; c++)
            {
                gradY[c] += rows[c];
                product[c] += rows[allChannels + c];
            }
        }
    }
}
