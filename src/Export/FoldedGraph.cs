using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export;

/// <summary>A deployed graph whose batch norms are folded into the convolutions in front of them, with the weights that belong to it.</summary>
/// <remarks>w' = w·s and b' = (b − mean)·s + β with s = γ/√(var + ε), in double. Exact but for one rounding per weight.</remarks>
/// <param name="Graph">The graph.</param>
/// <param name="Weights">Constants by name.</param>
internal sealed record FoldedGraph(Graph Graph, IReadOnlyDictionary<string, Tensor> Weights)
{
    /// <summary>Folds every batch norm that is the only reader of a convolution, where neither shares its weights with another node.</summary>
    public static FoldedGraph Of(Graph graph, IReadOnlyDictionary<string, Tensor> weights)
    {
        Dictionary<string, Tensor> folded = new(weights);
        Dictionary<Node, Node> convOf = graph.Nodes
            .Where(node => node.Op is FrozenBatchNormalization)
            .Select(norm => (Norm: norm, Conv: graph.Producer(norm.Inputs[0])))
            .Where(pair => pair.Conv is { Op: Conv } conv && IsOnlyRead(graph, conv.Outputs[0], pair.Norm)
                && OwnsWeights(graph, conv) && OwnsWeights(graph, pair.Norm))
            .ToDictionary(pair => pair.Norm, pair => pair.Conv!);
        HashSet<Node> absorbed = [.. convOf.Values];
        GraphBuilder builder = new(graph.Name);
        Dictionary<Value, Value> copies = [];
        foreach (Node node in graph.Nodes.Where(node => !absorbed.Contains(node)))
        {
            if (convOf.TryGetValue(node, out Node? conv))
            {
                FoldWeights(conv, node, folded);
                // The folded convolution keeps the batch norm's name: it computes that value.
                Value bias = builder.Import(node.Inputs[2]);
                copies[node.Outputs[0]] = builder.AddNamed(node.Name, conv.Op, [Copy(conv.Inputs[0]), Copy(conv.Inputs[1]), bias]);
                folded[bias.Name] = folded[FoldedBias(node)];
                folded.Remove(FoldedBias(node));
            }
            else
            {
                copies[node.Outputs[0]] = builder.AddNamed(node.Name, node.Op, [.. node.Inputs.Select(Copy)]);
            }
        }

        Graph result = builder.Build([.. graph.Outputs.Select(v => copies[v])]);
        return new FoldedGraph(result, folded);

        Value Copy(Value value)
        {
            if (!copies.TryGetValue(value, out Value? copy))
            {
                copies[value] = copy = builder.Import(value);
            }

            return copy;
        }
    }

    private static string FoldedBias(Node norm) => $"{norm.Name}/bias";

    private static bool IsOnlyRead(Graph graph, Value value, Node reader) =>
        !graph.Outputs.Contains(value) && graph.Nodes.Where(node => node.Inputs.Contains(value)).SequenceEqual([reader]);

    private static bool OwnsWeights(Graph graph, Node node) => node.Inputs.Skip(1).All(v => v.IsState && IsOnlyRead(graph, v, node));

    private static void FoldWeights(Node conv, Node norm, Dictionary<string, Tensor> weights)
    {
        double epsilon = ((FrozenBatchNormalization)norm.Op).Epsilon;
        Tensor[] statistics = [.. norm.Inputs.Skip(1).Select(v => weights[v.Name])];
        Tensor weight = weights[conv.Inputs[1].Name].Clone();
        Tensor bias = conv.Inputs.Count > 2 ? weights[conv.Inputs[2].Name].Clone() : new Tensor(new Shape(weight.Shape[0]));
        int perFilter = weight.Shape.Count / weight.Shape[0];
        for (int m = 0; m < weight.Shape[0]; m++)
        {
            double scale = statistics[0].Span[m] / Math.Sqrt(statistics[3].Span[m] + epsilon);
            foreach (ref float tap in weight.Span.Slice(m * perFilter, perFilter))
            {
                tap = (float)(tap * scale);
            }

            bias.Span[m] = (float)(((bias.Span[m] - (double)statistics[2].Span[m]) * scale) + statistics[1].Span[m]);
        }

        weights[conv.Inputs[1].Name] = weight;
        weights[FoldedBias(norm)] = bias;
    }
}
