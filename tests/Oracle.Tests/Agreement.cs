using static TorchSharp.torch;

namespace Gimbal.Oracle.Tests;

/// <summary>The largest relative difference between the product and libtorch over many random configurations.</summary>
/// <remarks>
/// The error of a tensor is max |product − libtorch| / max |libtorch|: elements near zero are judged by the scale of their tensor. libtorch
/// computes in double, so the error is the product's own, that of float32.
/// </remarks>
internal sealed class Agreement
{
    /// <summary>The largest error so far.</summary>
    public double Worst { get; private set; }

    /// <summary>Where it occurred.</summary>
    public string Where { get; private set; } = "nothing compared";

    /// <summary>Tensors compared.</summary>
    public int Count { get; private set; }

    /// <summary>Compares one tensor; both are row-major and logical.</summary>
    /// <param name="what">Which result.</param>
    /// <param name="product">Elements.</param>
    /// <param name="oracle">As many elements, of any type.</param>
    /// <param name="configuration">What to print to reproduce a failure.</param>
    /// <param name="scaleAtLeast">The size of the terms a result is the difference of, where cancellation may leave much less.</param>
    public void Compare(string what, ReadOnlySpan<float> product, Tensor oracle, object configuration, double scaleAtLeast = double.Epsilon)
    {
        using Tensor plain = oracle.detach().to(float64).contiguous();
        double[] expected = plain.data<double>().ToArray();
        Assert.Equal(expected.Length, product.Length);
        (double difference, double scale) = (0.0, scaleAtLeast);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(double.IsFinite(expected[i]), $"libtorch's {what} is not finite for {configuration}");
            double distance = Math.Abs(product[i] - expected[i]);
            difference = double.IsNaN(distance) ? double.PositiveInfinity : Math.Max(difference, distance);
            scale = Math.Max(scale, Math.Abs(expected[i]));
        }

        Count++;
        double error = difference == 0 ? 0 : difference / scale;
        if (error > Worst)
        {
            (Worst, Where) = (error, $"{what} of {configuration}");
        }
    }

    /// <summary>Fails unless every error is within <paramref name="limit"/>.</summary>
    public void Within(double limit) => Assert.True(Count > 0 && Worst <= limit, $"{Worst:E1} > {limit:E1}: {Where}");

    /// <summary>Fails unless a wrong convention shows by at least ten times <paramref name="limit"/>; otherwise the limit would prove nothing.</summary>
    public void Exceeds(double limit) => Assert.True(Worst > 10 * limit, $"a wrong convention differs by {Worst:E1} only; the limit is {limit:E1}");
}
