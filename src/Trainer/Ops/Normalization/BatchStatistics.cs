using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>The half of <see cref="BatchNormalization"/> that sums over the batch.</summary>
/// <remarks>
/// Inputs as there: x [N,C,H,W] or [N,C], gamma, beta, running mean, running variance [C]. Outputs: mean, 1/√(σ² + ε), the running statistics
/// that replace the inputs, and the coefficients [3,C] of <see cref="Normalize"/>: mean, scale, shift.
/// </remarks>
/// <param name="Epsilon">ε, inside the root, above 0.</param>
/// <param name="Momentum">The share of the batch, 0 to 1.</param>
public sealed partial record BatchStatistics(float Epsilon, float Momentum) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = new BatchNormalization(Epsilon, Momentum).Infer(inputs)[1];
        return [channels, channels, channels, channels, NormalizationRule.Coefficients(channels, Normalize.Coefficients)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(4L * inputs[0].Shape.Count, inputs, outputs);
}

/// <summary>The half of <see cref="BatchNormalizationGrad"/> that sums over the batch.</summary>
/// <remarks>
/// Inputs as there: x, gamma, mean, inverse deviation, gradY. Outputs: gradGamma, gradBeta [C], and the coefficients [4,C] of <see cref="NormalizeGrad"/>.
/// </remarks>
public sealed partial record BatchStatisticsGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = new BatchNormalizationGrad().Infer(inputs)[1];
        return [channels, channels, NormalizationRule.Coefficients(channels, NormalizeGrad.Coefficients)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(4L * inputs[0].Shape.Count, inputs, outputs);
}
