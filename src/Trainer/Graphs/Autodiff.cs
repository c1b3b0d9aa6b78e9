namespace Gimbal.Trainer.Graphs;

/// <summary>Reverse-mode differentiation: asks each node, last first, for the gradients of its inputs, as further nodes.</summary>
public static class Autodiff
{
    /// <summary>Adds the nodes that compute dL/d(value) for each of <paramref name="wanted"/>.</summary>
    /// <param name="graph">Holds the forward nodes; receives the gradient nodes, named after the node they belong to.</param>
    /// <param name="value">Where the loss attaches: the logits.</param>
    /// <param name="gradient">dL/d(<paramref name="value"/>).</param>
    /// <param name="wanted">Usually the parameters.</param>
    /// <param name="sum">The op that adds two gradients of the same value.</param>
    /// <returns>The gradient of each wanted value the loss depends on. Gradients that meet are added in a fixed order.</returns>
    /// <exception cref="InvalidGraphException">A node on the way has no gradient.</exception>
    public static IReadOnlyDictionary<Value, Value> Differentiate(
        GraphBuilder graph, Value value, Value gradient, IReadOnlyCollection<Value> wanted, Op sum)
    {
        ArgumentNullException.ThrowIfNull(graph);
        IReadOnlyList<Node> nodes = [.. graph.Nodes];
        HashSet<Value> dependent = [.. wanted];
        foreach (Node node in nodes.Where(node => node.Inputs.Any(dependent.Contains)))
        {
            dependent.UnionWith(node.Outputs);
        }

        Dictionary<Value, Value> gradients = new() { [value] = gradient };
        foreach (Node node in nodes.Reverse())
        {
            if (node.Inputs.Any(dependent.Contains) && node.Outputs.Any(gradients.ContainsKey))
            {
                using IDisposable scope = graph.Scope($"{node.Name}.grad");
                Visit(graph, node, dependent, gradients, sum);
            }
        }

        return wanted.Where(gradients.ContainsKey).ToDictionary(v => v, v => gradients[v]);
    }

    private static void Visit(GraphBuilder graph, Node node, HashSet<Value> dependent, Dictionary<Value, Value> gradients, Op sum)
    {
        if (node.Op is not ForwardOp op)
        {
            throw new InvalidGraphException($"{node.Name}: {node.Op.Name} has no gradient");
        }

        IReadOnlyList<Value?> inputGradients = op.Gradient(graph, node, [.. node.Outputs.Select(v => gradients.GetValueOrDefault(v))]);
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            if (inputGradients[i] is { } arriving && dependent.Contains(node.Inputs[i]))
            {
                gradients[node.Inputs[i]] = gradients.TryGetValue(node.Inputs[i], out Value? earlier)
                    ? graph.Add(sum, earlier, arriving)
                    : arriving;
            }
        }
    }
}
