using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Batch normalisation with given statistics: y = (x − mean) / √(variance + ε) · γ + β. ONNX BatchNormalization-9.</summary>
/// <remarks>Inputs: x [N,C,H,W] or [N,C], gamma, beta, mean, variance [C]. The gradient takes the statistics for constants.</remarks>
/// <param name="Epsilon">ε, inside the root, above 0.</param>
public sealed partial record FrozenBatchNormalization(float Epsilon) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        NormalizationRule.Channels(this, inputs, vectors: 4);
        NormalizationRule.RequireEpsilon(this, Epsilon);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: one multiply-add.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        IReadOnlyList<Value> grads = graph.AddAll(
            new FrozenBatchNormalizationGrad(Epsilon), [node.Inputs[0], node.Inputs[1], node.Inputs[3], node.Inputs[4], gradients[0]!]);
        return [grads[0], grads[1], grads[2], null, null];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
        [new("BatchNormalization", call.Inputs, call.Outputs, new OnnxAttribute("epsilon", Epsilon))];
}

/// <summary>Gradients of <see cref="FrozenBatchNormalization"/>: gradX = γ·s·gradY, gradGamma = Σ gradY·(x − mean)·s, gradBeta = Σ gradY.</summary>
/// <remarks>Inputs: x, gamma, mean, variance, gradY; s = 1/√(variance + ε).</remarks>
/// <param name="Epsilon">ε, above 0.</param>
public sealed partial record FrozenBatchNormalizationGrad(float Epsilon) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = NormalizationRule.Channels(this, inputs, vectors: 3);
        NormalizationRule.RequireEpsilon(this, Epsilon);
        return [NormalizationRule.GradX(this, inputs), channels, channels];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: the sum of gradY; difference, product and sum of gradY·x̂; gradX as one product.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(5L * inputs[0].Shape.Count, inputs, outputs);
}
