using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>A weight over its largest singular value: y = w / σ, σ = uᵀ·W·v, where W [M,K] has a row for each output of the layer.</summary>
/// <remarks>
/// Inputs: w (a filter or a matrix), u [M], v (of w's type with one output). Outputs: y, u and v after power iteration, which replace the inputs
/// while training, and σ [1]. Each iteration sets v = Wᵀ·u / ‖Wᵀ·u‖ and u = W·v / ‖W·v‖; with none u and v stay as they are.
/// The gradient takes u and v for constants: gradW = (gradY − ⟨gradY, y⟩·u·vᵀ) / σ.
/// Source: Miyato, Kataoka, Koyama, Yoshida, "Spectral normalization for generative adversarial networks", 2018.
/// </remarks>
/// <param name="Iterations">Power iterations, 0 or more; 0 at inference.</param>
/// <param name="Epsilon">Least norm that a vector is divided by, above 0.</param>
public sealed partial record SpectralNormalization(int Iterations, float Epsilon) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(Iterations >= 0 && Epsilon > 0, this, $"iterations are 0 or more, epsilon is above 0: {this}");
        SpectralRule.Check(this, inputs[0], inputs[1], inputs[2]);
        return [inputs[0], inputs[1], inputs[2], TensorType.Vector(1)];
    }

    /// <inheritdoc/>
    /// <remarks>For each element of w: a multiply-add for each product with a vector, of which σ takes one, and the division.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(((4L * Iterations) + 3) * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new SpectralNormalizationGrad(), node.Outputs[0], node.Outputs[1], node.Outputs[2], node.Outputs[3], gradients[0]!), null, null];

    /// <inheritdoc/>
    public override IReadOnlyList<Value> AtInference(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.AddAll(this with { Iterations = 0 }, inputs);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Always: it hangs on no image, and a file holds what was computed from weights alone.</exception>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        throw new NotSupportedException($"{call.Name}: the quotient is computed when a file is written, which holds it as a plain weight");
    }
}

/// <summary>Gradient of <see cref="SpectralNormalization"/>: (gradY − ⟨gradY, y⟩·u·vᵀ) / σ. Inputs: y, u, v, σ, gradY.</summary>
public sealed partial record SpectralNormalizationGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        SpectralRule.Check(this, inputs[0], inputs[1], inputs[2]);
        Rule.Require(inputs[3] == TensorType.Vector(1), this, $"sigma {inputs[3]} is not one number");
        return [Rule.SameTypes(this, [inputs[0], inputs[4]])];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: a multiply-add of the product, that of u and v, a multiply-add and the division.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(6L * inputs[0].Shape.Count, inputs, outputs);
}

/// <summary>What an op on a weight and its singular vectors asks of their types.</summary>
internal static class SpectralRule
{
    public static void Check(Op op, TensorType w, TensorType u, TensorType v)
    {
        Rule.Require(
            w.Axes == Axes.Filter || (w.Axes == Axes.Plain && w.Shape.Rank == 2), op, $"w {w} is neither a filter nor a matrix");
        Rule.Require(u == TensorType.Vector(w.Shape[0]), op, $"u {u} is not [{w.Shape[0]}]");
        Rule.Require(v == w.With(w.Shape.With(0, 1)), op, $"v {v} is not {w.With(w.Shape.With(0, 1))}");
    }
}
