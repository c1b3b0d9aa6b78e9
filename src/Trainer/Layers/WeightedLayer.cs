using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>A layer that multiplies by a weight: <see cref="Conv2d"/>, <see cref="Linear"/>. A wrapper may put another weight in its place.</summary>
public abstract class WeightedLayer : Layer
{
    private protected WeightedLayer()
    {
    }

    /// <summary>Type of the weight; its first axis counts the layer's outputs.</summary>
    private protected abstract TensorType WeightType { get; }

    /// <summary>How the weight starts.</summary>
    private protected abstract Initializer WeightInitializer { get; }

    /// <inheritdoc/>
    public sealed override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Apply(graph, x, DeclareWeight(graph, "weight"));
    }

    /// <summary>Declares the trained weight.</summary>
    internal Value DeclareWeight(GraphBuilder graph, string name) => graph.Parameter(name, WeightType, WeightInitializer);

    /// <summary>Appends the layer with a given weight.</summary>
    internal abstract Value Apply(GraphBuilder graph, Value x, Value weight);
}
