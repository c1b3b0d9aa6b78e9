namespace Gimbal.Trainer.Cpu;

/// <summary>What the gradients of batch normalisation need of every channel, from sums that chunks keep apart: rows of Σ gradY and Σ gradY·(x − mean).</summary>
internal static unsafe class NormalizationGradientSums
{
    /// <summary>Rows a chunk keeps, one float per channel each.</summary>
    public const int Rows = 2;

    /// <summary>Adds a run of pixels to a chunk's sums.</summary>
    public static void Add(
        float* sums, int allChannels, int channel, int channels, int pixels, float* gradY, nint stepGradY, float* x, nint stepX, float* mean) =>
        PixelSums.Add<NormalizationGradientTerms>(
            pixels, channels, gradY, stepGradY, x, stepX, mean + channel, sums + channel, sums + allChannels + channel);

    /// <summary>Joins the chunks of one channel, in order.</summary>
    public static (double GradY, double GradYTimesX) Join(float* sums, int chunks, int allChannels, int channel)
    {
        double gradY = 0;
        double product = 0;
        float* rows = sums + channel;
        for (int chunk = 0; chunk < chunks; chunk++, rows += (nint)Rows * allChannels)
        {
            gradY += rows[0];
            product += rows[allChannels];
        }

        return (gradY, product);
    }
}
