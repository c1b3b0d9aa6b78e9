using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>Which number of connections sets the scale.</summary>
public enum Fan
{
    /// <summary>Inputs of one output: C/groups·R·S.</summary>
    In,

    /// <summary>The mean of fan-in and fan-out, M·R·S.</summary>
    Average,
}

/// <summary>Shape of the distribution.</summary>
public enum Distribution
{
    /// <summary>Flat between −bound and bound.</summary>
    Uniform,

    /// <summary>Gaussian.</summary>
    Normal,
}

/// <summary>Zero mean, variance gain²/fan: Xavier (Glorot and Bengio 2010) with the average fan, He (2015) with fan-in and gain √2.</summary>
/// <param name="Fan">Which fan.</param>
/// <param name="Gain">1 for linear units, √2 for ReLU.</param>
/// <param name="Distribution">Uniform or normal.</param>
public sealed record VarianceScaling(Fan Fan, float Gain, Distribution Distribution) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        float deviation = Gain / MathF.Sqrt(FanOf(Fan, tensor.Shape));
        Initializer scaled = Distribution == Distribution.Normal ? new Normal(deviation) : new Uniform(MathF.Sqrt(3) * deviation);
        scaled.Fill(tensor, random);
    }

    internal static float FanOf(Fan fan, Shape weight)
    {
        // A vector has no fans; treating it as one row keeps the rule total.
        (int outputs, int inputs) = weight.Rank < 2 ? (weight.Count, weight.Count) : (weight[0], weight[1]);
        int taps = weight.Rank == 4 ? weight[2] * weight[3] : 1;
        return fan == Fan.In ? (float)inputs * taps : 0.5f * ((float)inputs + outputs) * taps;
    }
}

/// <summary>U(−Bound, Bound).</summary>
/// <param name="Bound">0 or more.</param>
public sealed record Uniform(float Bound) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        for (int i = 0; i < tensor.Span.Length; i++)
        {
            tensor.Span[i] = Bound * ((2 * random.Uniform(0, (ulong)i)) - 1);
        }
    }
}

/// <summary>N(0, Deviation²).</summary>
/// <param name="Deviation">Standard deviation, 0 or more.</param>
public sealed record Normal(float Deviation) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        for (int i = 0; i < tensor.Span.Length; i++)
        {
            tensor.Span[i] = Deviation * random.Normal(0, (ulong)i);
        }
    }
}
