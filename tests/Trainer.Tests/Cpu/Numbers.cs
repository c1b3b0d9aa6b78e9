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
    /// <param name="expected">In double.</param>
    /// <param name="actual">As many.</param>
    /// <param name="scaleAtLeast">The size of the terms that a sum is made of, where they may cancel and leave much less.</param>
    public static double RelativeError(double[] expected, float[] actual, double scaleAtLeast = 0)
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = scaleAtLeast;
        double difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double d = Math.Abs(actual[i] - expected[i]);
            difference = double.IsNaN(d) ? double.PositiveInfinity : Math.Max(difference, d);
        }

        return difference == 0 ? 0 : difference / largest;
    }

    public static void AssertClose(double[] expected, float[] actual, double tolerance, string what)
    {
        // Operands are drawn from -1 to 1.
        double error = RelativeError(expected, actual, scaleAtLeast: 1);
        Assert.True(error <= tolerance, FormattableString.Invariant($"{what}: relative error {error:e2} > {tolerance:e1}"));
    }
}
