using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Batch normalisation while training: y = (x − μ) / √(σ² + ε) · γ + β, with the mean and the biased variance of the batch.</summary>
/// <remarks>
/// Inputs: x [N,C,H,W] or [N,C], gamma [C], beta [C], running mean [C], running variance [C].
/// Outputs: y, mean [C], 1/√(σ² + ε) [C], and the running statistics that replace the inputs: (1 − m)·old + m·batch, with the
/// <em>unbiased</em> variance of the batch, as PyTorch's BatchNorm2d keeps them; where these are not finite, the old ones stay. Statistics survive a mean far larger than the deviation.
/// Source: Ioffe and Szegedy, "Batch normalization", 2015. ONNX BatchNormalization-9.
/// </remarks>
/// <param name="Epsilon">ε, inside the root, above 0.</param>
/// <param name="Momentum">m, the share of the batch, 0 to 1; PyTorch's convention, the complement of ONNX's.</param>
public sealed partial record BatchNormalization(float Epsilon, float Momentum) : ForwardOp
{
    /// <inheritdoc/>
    /// <exception cref="ShapeException">There is one value per channel, which has no variance.</exception>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = NormalizationRule.Channels(this, inputs, vectors: 4);
        NormalizationRule.RequireEpsilon(this, Epsilon);
        Rule.Require(Momentum is >= 0 and <= 1, this, $"momentum {Momentum} is not in 0 … 1");
        Rule.Require(
            inputs[0].Shape.Count > channels.Shape.Count, this, $"x {inputs[0]} has one value per channel, which has no variance; use a larger batch");
        return [inputs[0], channels, channels, channels, channels];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: its sum, its multiply-add into the squares, and y as one multiply-add.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(5L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        IReadOnlyList<Value> grads = graph.AddAll(
            new BatchNormalizationGrad(), [node.Inputs[0], node.Inputs[1], node.Outputs[1], node.Outputs[2], gradients[0]!]);
        return [grads[0], grads[1], grads[2], null, null];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value> AtInference(GraphBuilder graph, IReadOnlyList<Value> inputs) =>
        graph.AddAll(new FrozenBatchNormalization(Epsilon), inputs);

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
        [new("BatchNormalization", call.Inputs, [call.Outputs[0]], new OnnxAttribute("epsilon", Epsilon), new OnnxAttribute("momentum", 1 - Momentum))];
}

/// <summary>Gradients of <see cref="BatchNormalization"/>, through the statistics too.</summary>
/// <remarks>
/// Inputs: x, gamma, mean, inverse deviation s, gradY. With x̂ = (x − μ)·s over n values per channel:
/// gradBeta = Σ gradY; gradGamma = Σ gradY·x̂; gradX = γ·s·(gradY − gradBeta/n − x̂·gradGamma/n).
/// </remarks>
public sealed partial record BatchNormalizationGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = NormalizationRule.Channels(this, inputs, vectors: 3);
        return [NormalizationRule.GradX(this, inputs), channels, channels];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: the sum of gradY; difference, product and sum of gradY·x̂; gradX as two multiply-adds.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(8L * inputs[0].Shape.Count, inputs, outputs);
}
