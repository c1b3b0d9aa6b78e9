namespace Gimbal.Trainer.Graphs;

/// <summary>The law of graphs; every graph is checked when it is made.</summary>
/// <remarks>
/// 1. Names are unique, and a value's position is its id.
/// 2. A node reads only values that exist before it runs, and each result is assigned by exactly one node.
/// 3. Output types are what the op infers.
/// 4. A result replaces a state of its own type, at most one result per state, and nobody reads the old state afterwards.
/// </remarks>
public static class GraphVerifier
{
    /// <summary>Checks all rules.</summary>
    /// <exception cref="InvalidGraphException">A rule is broken; the message names the node.</exception>
    public static void Verify(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        HashSet<string> names = [];
        for (int i = 0; i < graph.Values.Count; i++)
        {
            Require(graph.Values[i].Id == i, graph.Name, $"value {graph.Values[i].Name} has id {graph.Values[i].Id} at position {i}");
            Require(names.Add(graph.Values[i].Name), graph.Name, $"two values are called {graph.Values[i].Name}");
        }

        HashSet<Value> ready = [.. graph.Values.Where(v => v.Kind != ValueKind.Result)];
        HashSet<Value> replaced = [];
        foreach (Node node in graph.Nodes)
        {
            VerifyNode(graph, node, ready, replaced);
        }

        foreach (Value output in graph.Outputs)
        {
            Require(ready.Contains(output), graph.Name, $"output {output.Name} is not computed");
        }
    }

    private static void VerifyNode(Graph graph, Node node, HashSet<Value> ready, HashSet<Value> replaced)
    {
        foreach (Value input in node.Inputs)
        {
            Require(graph.Values.ElementAtOrDefault(input.Id) == input, node.Name, $"input {input.Name} belongs to another graph");
            Require(ready.Contains(input), node.Name, $"reads {input.Name} before it is computed");
            Require(!replaced.Contains(input), node.Name, $"reads {input.Name} after it was replaced");
        }

        var types = node.Op.Infer([.. node.Inputs.Select(v => v.Type)]);
        Require(types.Count == node.Outputs.Count, node.Name, $"{node.Op.Name} has {types.Count} outputs, the node {node.Outputs.Count}");
        for (int i = 0; i < types.Count; i++)
        {
            Value output = node.Outputs[i];
            Require(output.Type == types[i], node.Name, $"output {output} should be {types[i]}");
            Require(output.Kind == ValueKind.Result && ready.Add(output), node.Name, $"assigns {output.Name} a second time");
            if (output.Overwrites is { } state)
            {
                Require(state.IsState && state.Type == output.Type, node.Name, $"{output} cannot replace {state}");
                Require(replaced.Add(state), node.Name, $"replaces {state.Name} a second time");
            }
        }
    }

    private static void Require(bool holds, string where, string what)
    {
        if (!holds)
        {
            throw new InvalidGraphException($"{where}: {what}");
        }
    }
}
