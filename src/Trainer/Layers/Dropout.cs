using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Layers;

/// <summary>Zeroes elements at random while training and scales the others by 1/(1 − p); does nothing at inference.</summary>
/// <param name="p">Probability of a zero, 0 ≤ p &lt; 1.</param>
public sealed class Dropout(float p = 0.5f) : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Add(new Ops.Dropout(p, graph.NextStream()), x, graph.Random);
    }
}
