using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>Where the elements of an operand come from. Every element is exact in float32, so that all readers start from the same numbers.</summary>
public static class Domain
{
    /// <summary>Normally distributed.</summary>
    public static Func<Random, TensorType, double[]> Normal(double mean = 0, double deviation = 1) =>
        Each(random => mean + (deviation * Gauss(random)));

    /// <summary>Evenly distributed in [from, to).</summary>
    public static Func<Random, TensorType, double[]> Uniform(double from, double to) =>
        Each(random => from + ((to - from) * random.NextDouble()));

    /// <summary>Either sign, but no closer to 0 than <paramref name="gap"/>: for functions with a kink at 0.</summary>
    public static Func<Random, TensorType, double[]> AwayFromZero(double gap = 0.01) =>
        Each(random => (random.Next(2) == 0 ? -1 : 1) * (gap + Math.Abs(Gauss(random))));

    /// <summary>A shuffled grid: no two elements are closer than <paramref name="spacing"/>, so that a maximum is no kink.</summary>
    public static Func<Random, TensorType, double[]> Distinct(double spacing = 0.01) => (random, type) =>
    {
        int[] order = [.. Enumerable.Range(0, type.Shape.Count)];
        random.Shuffle(order);
        return [.. order.Select(i => (double)(float)(spacing * (i - (order.Length / 2))))];
    };

    /// <summary>Few different values: many ties.</summary>
    public static Func<Random, TensorType, double[]> Ties(int values = 3) => Each(random => random.Next(values));

    /// <summary>Integers in [from, to).</summary>
    public static Func<Random, TensorType, double[]> Integers(int from, int to) => Each(random => random.Next(from, to));

    /// <summary>Given elements, repeated as needed.</summary>
    public static Func<Random, TensorType, double[]> Given(params double[] values) =>
        (_, type) => [.. Enumerable.Range(0, type.Shape.Count).Select(i => values[i % values.Length])];

    /// <summary>Another domain with one element given.</summary>
    public static Func<Random, TensorType, double[]> With(this Func<Random, TensorType, double[]> domain, int index, double value) => (random, type) =>
    {
        double[] elements = domain(random, type);
        elements[index] = value;
        return elements;
    };

    private static Func<Random, TensorType, double[]> Each(Func<Random, double> next) =>
        (random, type) => [.. Enumerable.Range(0, type.Shape.Count).Select(_ => (double)(float)next(random))];

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
