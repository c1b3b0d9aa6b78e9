namespace Gimbal.Trainer.Tensors;

/// <summary>How a parameter or a buffer is filled before the first step.</summary>
public abstract record Initializer
{
    /// <summary>Fills <paramref name="tensor"/>, whose elements are in logical order, from the random numbers of its own stream.</summary>
    public abstract void Fill(Tensor tensor, Philox random);
}

/// <summary>Every element the same.</summary>
public sealed record Constant(float Value) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        tensor.Span.Fill(Value);
    }
}

/// <summary>The elements themselves, in logical order.</summary>
/// <param name="Elements">As many as the tensor has.</param>
public sealed record Given(System.Collections.Immutable.ImmutableArray<float> Elements) : Initializer
{
    /// <inheritdoc/>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Elements.AsSpan().CopyTo(tensor.Span);
    }
}
