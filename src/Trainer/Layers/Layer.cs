using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Layers;

/// <summary>A part of a network: declares its parameters and appends its ops to a graph. Holds no tensors itself.</summary>
public abstract class Layer
{
    /// <summary>Appends the layer, in its training form, and returns its output.</summary>
    /// <param name="graph">Names of parameters start with the builder's current scope.</param>
    /// <param name="x">The layer's input.</param>
    public abstract Value Build(GraphBuilder graph, Value x);
}
