using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>Divides a layer's weight by its largest singular value, so that the layer stretches no signal (Miyato et al. 2018).</summary>
/// <remarks>
/// The parameter is called <c>weight_orig</c>, the singular vectors are buffers <c>weight_u</c> and <c>weight_v</c>, as in PyTorch; one power
/// iteration is made at each training step. An exported file holds the quotient as a plain weight. Before the first step the vectors are random
/// and the singular value is not known: such a network gives logits of no meaning.
/// </remarks>
/// <param name="layer">The layer.</param>
/// <param name="iterations">Power iterations per step, 1 or more.</param>
/// <param name="epsilon">Least norm that a vector is divided by.</param>
public sealed class SpectralNorm(WeightedLayer layer, int iterations = 1, float epsilon = 1e-12f) : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        if (iterations < 1)
        {
            throw new ShapeException($"SpectralNorm: iterations={iterations} is not 1 or more");
        }

        Value weight = layer.DeclareWeight(graph, "weight_orig");
        Value u = graph.Buffer("weight_u", TensorType.Vector(weight.Shape[0]), new Normal(1));
        Value v = graph.Buffer("weight_v", weight.Type.With(weight.Shape.With(0, 1)), new Normal(1));
        SpectralNormalization normalization = new(iterations, epsilon);
        return layer.Apply(graph, x, graph.AddAll(normalization, [weight, u, v], [null, u, v, null])[0]);
    }
}
