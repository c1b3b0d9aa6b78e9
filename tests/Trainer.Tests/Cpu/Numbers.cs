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

    public static void AssertClose(double[] expected, float[] actual, double tolerance, string what)
    {
        double error = RelativeError(expected, actual);
        Assert.True(error <= tolerance, FormattableString.Invariant($"{what}: relative error {error:e2} > {tolerance:e1}"));
    }
}
