using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Runs a whole graph in double.</summary>
public static class DoubleInterpreter
{
    /// <summary>All values of the graph, given those that no node computes, by name. Results that replace a state are new tensors.</summary>
    public static IReadOnlyDictionary<Value, DoubleTensor> Run(Graph graph, IReadOnlyDictionary<string, DoubleTensor> given)
    {
        Dictionary<Value, DoubleTensor> values = graph.Values.Where(v => v.Kind != ValueKind.Result).ToDictionary(v => v, v => given[v.Name]);
        foreach (Node node in graph.Nodes)
        {
            IReadOnlyList<DoubleTensor> results = ReferenceOps.Evaluate(
                node.Op, [.. node.Inputs.Select(v => v.Type)], [.. node.Inputs.Select(v => values[v])]);
            for (int i = 0; i < results.Count; i++)
            {
                values[node.Outputs[i]] = results[i].Shape == node.Outputs[i].Shape
                    ? results[i]
                    : throw new InvalidOperationException($"{node.Name}: the reference gives {results[i].Shape} for {node.Outputs[i]}");
            }
        }

        return values;
    }
}
