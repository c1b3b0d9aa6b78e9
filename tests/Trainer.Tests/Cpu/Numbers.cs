namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>Random operands and the distance between results.</summary>
internal static class Numbers
{
    public static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (2 * random.NextSingle()) - 1;
        }

        return numbers;
    }

    /// <summary>max|actual - expected| / max|expected|; NaN anywhere gives infinity.</summary>
    public static double RelativeError(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double d = Math.Abs(actual[i] - expected[i]);
            difference = double.IsNaN(d) ? double.PositiveInfinity : Math.Max(difference, d);
        }

        return difference == 0 ? 0 : difference / largest;
    }

    /// <summary>Holds each sum of products to the sizes of its terms: rounding is proportional to them, however much of them cancels.</summary>
    /// <param name="expected">The sums in double.</param>
    /// <param name="terms">The sums of the same terms' absolute values.</param>
    /// <param name="actual">The sums in float32.</param>
    /// <param name="tolerance">Largest |actual - expected| / terms.</param>
    /// <param name="what">Named where it fails.</param>
    public static void AssertClose(double[] expected, double[] terms, float[] actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(actual[i] - expected[i]);
            Assert.True(
                difference <= tolerance * terms[i], FormattableString.Invariant($"{what}: element {i} is off by {difference:e2}, its terms sum to {terms[i]:e2}"));
        }
    }

    /// <summary>Absolute values.</summary>
    public static float[] Abs(float[] numbers) => [.. numbers.Select(Math.Abs)];
}
