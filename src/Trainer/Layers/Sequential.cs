using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Layers;

/// <summary>Layers one after the other. Children are named 0, 1, 2, … as in PyTorch, or as given.</summary>
public sealed class Sequential : Layer
{
    private readonly IReadOnlyList<(string Name, Layer Layer)> _layers;

    /// <summary>Numbers the layers from 0.</summary>
    public Sequential(params IReadOnlyList<Layer> layers)
        : this([.. layers.Select((layer, i) => ($"{i}", layer))])
    {
    }

    /// <summary>Names the layers: <c>("conv1", new Conv2d(3, 16, 3))</c>.</summary>
    public Sequential(params IReadOnlyList<(string Name, Layer Layer)> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        _layers = layers;
    }

    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        foreach ((string name, Layer layer) in _layers)
        {
            using IDisposable scope = graph.Scope(name);
            x = layer.Build(graph, x);
        }

        return x;
    }
}
