using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class NormalizationTests
{
    // Results are float32: half a unit in the last place is 6e-8 of the value.
    private const double Tolerance = 1e-7;

    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 6)]
    [InlineData(3, 200)]
    public void MeanAndDeviationAreThoseOfADoubleComputationInTwoPasses(int channels, int count)
    {
        byte[] pixels = new byte[count * 5 * 4 * channels];
        new Random(count).NextBytes(pixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            // Channels of different brightness and spread.
            pixels[i] = (byte)((pixels[i] >> (i % channels)) + (20 * (i % channels)));
        }

        Normalization normalization = Normalization.Of(new ImageSet(pixels, new int[count], 5, 4, channels, ["a", "b"]));
        for (int c = 0; c < channels; c++)
        {
            double[] values = [.. pixels.Where((_, i) => i % channels == c).Select(p => p / 255.0)];
            double mean = values.Average();
            double squares = values.Sum(v => (v - mean) * (v - mean));
            Assert.Equal(mean, normalization.Mean[c], mean * Tolerance);
            Assert.Equal(Math.Sqrt(squares / values.Length), normalization.Std[c], normalization.Std[c] * Tolerance);
            // The control: dividing by n − 1 is another number at this tolerance.
            Assert.True(Math.Abs(Math.Sqrt(squares / (values.Length - 1)) - normalization.Std[c]) > normalization.Std[c] * Tolerance);
        }
    }

    [Fact]
    public void AChannelThatNeverChangesIsNotDividedByZero()
    {
        Normalization normalization = Normalization.Of(new ImageSet([7, 7, 7, 7], [0, 1], 1, 2, 1, ["a", "b"]));
        Assert.Equal(1f / 255, normalization.Std[0], 1e-9);
        Assert.Equal(0, normalization.Table()[7], 1e-6);
    }

    [Fact]
    public void TheTableHoldsTheInputOfEveryByte()
    {
        float[] table = new Normalization([0.5f, 0.25f], [0.2f, 0.1f]).Table();
        Assert.Equal(512, table.Length);
        Assert.Equal((128 / 255f - 0.25f) / 0.1f, table[256 + 128]);
    }
}
