using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What bends a layer's output.</summary>
public enum Bend
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>ReLU or leaky ReLU.</summary>
    Rectifier,

    /// <summary>Sigmoid.</summary>
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    Tanh,
}

/// <summary>What a layer with weights is made of.</summary>
/// <param name="Layer">Path: <c>layer1.0.conv1</c>.</param>
/// <param name="Bend">What follows it.</param>
/// <param name="IsNormalized">Whether a batch norm follows it.</param>
/// <param name="FanIn">Terms of each of its sums.</param>
/// <param name="FanOut">Sums that each of its inputs takes part in.</param>
/// <param name="Deviation">Root of the mean square of its weights.</param>
public sealed record LayerFacts(string Layer, Bend Bend, bool IsNormalized, double FanIn, double FanOut, double Deviation)
{
    /// <summary>The weights' scale over that which keeps a signal's size under ReLU, √(2/fan_in) (He et al. 2015): the gain of the layer.</summary>
    public double Scale => Deviation / Math.Sqrt(2 / FanIn);
}

/// <summary>What a network is made of.</summary>
/// <param name="Layers">Layers with weights, from the images to the logits.</param>
/// <param name="HasSkips">Whether anything is added to what has gone round a layer.</param>
/// <param name="Classes">Number of logits.</param>
public sealed record NetworkFacts(IReadOnlyList<LayerFacts> Layers, bool HasSkips, int Classes)
{
    /// <summary>Looks at a network and its weights.</summary>
    /// <param name="network">The network; one read from a checkpoint, whose weights no longer know how they began, is as good.</param>
    /// <param name="start">The step whose weights, ahead of its update, are meant.</param>
    public static NetworkFacts Of(Network network, HealthReading start)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(start);
        Graph graph = network.Graph;
        Dictionary<string, Shape> weights = graph.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Shape);
        IReadOnlyList<LayerSignals> layers = LayerSignals.Find(graph.Nodes, weights.Keys);
        return new NetworkFacts(
            [.. layers.Zip(start.Layers, (layer, health) => FactsOf(graph, layer, weights[layer.Weight], health.WeightNorm))], graph.Nodes.Any(node => node.Op is Add), network.Classes);
    }

    private static LayerFacts FactsOf(Graph graph, LayerSignals layer, Shape weight, double norm)
    {
        Node? last = graph.Producer(layer.Activation);
        last = last?.Op is MaxPool ? graph.Producer(last.Inputs[0]) : last;
        Bend bend = last?.Op switch
        {
            Relu or LeakyRelu => Bend.Rectifier,
            Ops.Sigmoid => Bend.Sigmoid,
            Ops.Tanh => Bend.Tanh,
            _ => Bend.None,
        };
        int taps = weight.Rank == 4 ? weight[2] * weight[3] : 1;
        return new LayerFacts(
            layer.Layer,
            bend,
            graph.Producer(layer.PreActivation)?.Op is BatchNormalization,
            (double)weight[1] * taps,
            (double)weight[0] * taps,
            norm / Math.Sqrt(weight.Count));
    }
}
