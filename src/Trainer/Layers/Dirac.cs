using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>The first filters of a convolution pass one input channel each, through the middle tap; those beyond the number of channels are He's (Zagoruyko and Komodakis 2017).</summary>
/// <remarks>For filters [M,C/groups,R,S]; with groups a channel is counted within its group.</remarks>
/// <param name="Gain">Length of a filter.</param>
public sealed record Dirac(float Gain) : Initializer
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">The tensor is no filter.</exception>
    public override void Fill(Tensor tensor, Philox random)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        Shape shape = tensor.Shape;
        if (shape.Rank != 4)
        {
            throw new ShapeException($"Dirac fills filters [M,C,R,S], not {shape}");
        }

        Initializers.HeNormal.Fill(tensor, random);
        int length = shape.Count / shape[0];
        for (int m = 0; m < Math.Min(shape[0], shape[1]); m++)
        {
            tensor.Span.Slice(m * length, length).Clear();
            int taps = length / shape[1];
            tensor.Span[(m * length) + (m * taps) + (shape[3] * (shape[2] / 2)) + (shape[3] / 2)] = Gain;
        }
    }
}
