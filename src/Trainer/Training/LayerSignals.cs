using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Training;

/// <summary>What is measured of one layer with weights.</summary>
/// <param name="Layer">Path of the layer: <c>layer1.0.conv1</c>.</param>
/// <param name="Weight">Name of its weight.</param>
/// <param name="Activation">What it hands on: behind its batch norm, its residual sum, its activation and the pooling of that, where it has them.</param>
/// <param name="PreActivation">The value whose gradient tells what arrives at the layer: its output, behind its batch norm where it has one.</param>
internal sealed record LayerSignals(string Layer, string Weight, Value Activation, Value PreActivation)
{
    /// <summary>The layers with weights in a forward pass, from the images to the logits.</summary>
    /// <param name="nodes">The nodes of the pass, in order.</param>
    /// <param name="parameters">Names of the parameters that are trained.</param>
    public static IReadOnlyList<LayerSignals> Find(IReadOnlyList<Node> nodes, IReadOnlyCollection<string> parameters)
    {
        ILookup<Value, Node> uses = nodes.SelectMany(node => node.Inputs.Distinct().Select(v => (v, node))).ToLookup(pair => pair.v, pair => pair.node);
        List<LayerSignals> layers = [];
        foreach (Node node in nodes.Where(node => node.Op is Conv or Gemm))
        {
            string layer = node.Name[..Math.Max(0, node.Name.LastIndexOf('.'))];
            if (WeightOf(node, layer, parameters) is { } weight)
            {
                Value y = node.Outputs[0];
                layers.Add(new LayerSignals(layer, weight, ActivationOf(y, uses), Only(y, uses) is { Op: BatchNormalization } norm ? norm.Outputs[0] : y));
            }
        }

        return layers;
    }

    // A weight that is computed, such as a normalised one, stands for the first parameter of its layer.
    private static string? WeightOf(Node node, string layer, IReadOnlyCollection<string> parameters) => parameters.Contains(node.Inputs[1].Name)
        ? node.Inputs[1].Name
        : parameters.FirstOrDefault(name => name.StartsWith($"{layer}.", StringComparison.Ordinal));

    private static Value ActivationOf(Value y, ILookup<Value, Node> uses)
    {
        while (Only(y, uses) is { Op: BatchNormalization or Add } next)
        {
            y = next.Outputs[0];
        }

        if (Only(y, uses) is not { Op: Relu or LeakyRelu or Sigmoid or Tanh } activation)
        {
            return y;
        }

        y = activation.Outputs[0];
        return Only(y, uses) is { Op: MaxPool } pool ? pool.Outputs[0] : y;
    }

    // The one node that reads a value as its operand; a branch ends the walk.
    private static Node? Only(Value value, ILookup<Value, Node> uses) => uses[value].ToList() is [{ } node] && (node.Op is Add || node.Inputs[0] == value) ? node : null;
}
