using Gimbal.Imaging;

namespace Gimbal.Trainer.Datasets;

/// <summary>What turns bytes into the network's input: (p/255 − mean)/std per channel, in float32 and in that order.</summary>
/// <param name="Mean">Per channel, on the scale 0 to 1.</param>
/// <param name="Std">Per channel, on the scale 0 to 1, above 0.</param>
public sealed record Normalization(IReadOnlyList<float> Mean, IReadOnlyList<float> Std)
{
    // A channel that never changes has no scale of its own; this one leaves it small instead of infinite.
    private const double SmallestStd = 1.0 / 255;

    /// <summary>Mean and standard deviation over all pixels of a source, counted exactly from histograms.</summary>
    public static Normalization Of(ImageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long[,] histogram = new long[source.Channels, 256];
        byte[] room = new byte[source.PixelBytes];
        for (int i = 0; i < source.Count; i++)
        {
            ReadOnlySpan<byte> pixels = source.Fetch(i, room, out _);
            for (int p = 0; p < pixels.Length; p++)
            {
                histogram[p % source.Channels, pixels[p]]++;
            }
        }

        double count = (double)source.Count * source.Height * source.Width;
        float[] mean = new float[source.Channels];
        float[] std = new float[source.Channels];
        for (int c = 0; c < source.Channels; c++)
        {
            double sum = 0;
            double squares = 0;
            for (int value = 0; value < 256; value++)
            {
                sum += histogram[c, value] * (value / 255.0);
                squares += histogram[c, value] * (value / 255.0) * (value / 255.0);
            }

            mean[c] = (float)(sum / count);
            std[c] = (float)Math.Max(SmallestStd, Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count)))));
        }

        return new Normalization(mean, std);
    }

    /// <summary>The input value of each byte, per channel: 256 entries a channel.</summary>
    internal float[] Table() => NormalizationTable.Create(Mean, Std);
}
