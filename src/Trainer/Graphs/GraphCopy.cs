namespace Gimbal.Trainer.Graphs;

/// <summary>Copies the nodes of one graph into a builder, for another batch or in another form.</summary>
public static class GraphCopy
{
    /// <summary>Replays <paramref name="graph"/> node by node; shapes follow from the new inputs.</summary>
    /// <param name="graph">What to copy.</param>
    /// <param name="into">Where to.</param>
    /// <param name="inputs">Stand-ins for inputs of the original; inputs and state not named here are imported as they are.</param>
    /// <returns>For each value of the original its copy.</returns>
    public static IReadOnlyDictionary<Value, Value> Append(
        Graph graph, GraphBuilder into, IReadOnlyDictionary<Value, Value> inputs) =>
        Walk(graph, into, inputs, (node, operands, copies) =>
            into.AddAll(node.Op, operands, [.. node.Outputs.Select(v => v.Overwrites is null ? null : copies[v.Overwrites])]));

    /// <summary>Replays <paramref name="graph"/> in its deployed form: each op as it is at inference.</summary>
    /// <param name="graph">A forward graph.</param>
    /// <param name="into">Where to.</param>
    /// <param name="inputs">Stand-ins for inputs of the original.</param>
    /// <returns>For each value of the original that inference knows its copy.</returns>
    /// <exception cref="InvalidGraphException">A node has no form at inference.</exception>
    public static IReadOnlyDictionary<Value, Value> AppendAtInference(
        Graph graph, GraphBuilder into, IReadOnlyDictionary<Value, Value> inputs) =>
        Walk(graph, into, inputs, (node, operands, _) => node.Op is ForwardOp op
            ? op.AtInference(into, operands)
            : throw new InvalidGraphException($"{node.Name}: {node.Op.Name} has no form at inference"));

    private static Dictionary<Value, Value> Walk(
        Graph graph,
        GraphBuilder into,
        IReadOnlyDictionary<Value, Value> inputs,
        Func<Node, IReadOnlyList<Value>, IReadOnlyDictionary<Value, Value>, IReadOnlyList<Value>> rewrite)
    {
        Dictionary<Value, Value> copies = new(inputs);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value input in node.Inputs.Where(v => v.Kind != ValueKind.Result && !copies.ContainsKey(v)))
            {
                copies[input] = into.Import(input);
            }

            int lastDot = node.Name.LastIndexOf('.');
            using IDisposable? scope = lastDot < 0 ? null : into.Scope(node.Name[..lastDot]);
            IReadOnlyList<Value> results = rewrite(node, [.. node.Inputs.Select(v => copies[v])], copies);
            for (int i = 0; i < results.Count; i++)
            {
                copies[node.Outputs[i]] = results[i];
            }
        }

        return copies;
    }
}
