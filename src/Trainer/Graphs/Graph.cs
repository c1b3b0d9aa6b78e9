namespace Gimbal.Trainer.Graphs;

/// <summary>An immutable list of nodes in an order they can run in, with the values they read and write.</summary>
public sealed class Graph
{
    internal Graph(string name, IReadOnlyList<Value> values, IReadOnlyList<Node> nodes, IReadOnlyList<Value> outputs)
    {
        (Name, Values, Nodes, Outputs) = (name, values, nodes, outputs);
        Inputs = [.. values.Where(v => v.Kind == ValueKind.Input)];
        Parameters = [.. values.Where(v => v.Kind == ValueKind.Parameter)];
        Buffers = [.. values.Where(v => v.Kind == ValueKind.Buffer)];
        GraphVerifier.Verify(this);
    }

    /// <summary>What the graph is called in listings: <c>resnet20</c>.</summary>
    public string Name { get; }

    /// <summary>All values; the position is <see cref="Value.Id"/>.</summary>
    public IReadOnlyList<Value> Values { get; }

    /// <summary>Nodes, each after the producers of its inputs.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Values that stay readable after a run.</summary>
    public IReadOnlyList<Value> Outputs { get; }

    /// <summary>Values written by the caller.</summary>
    public IReadOnlyList<Value> Inputs { get; }

    /// <summary>Trained state.</summary>
    public IReadOnlyList<Value> Parameters { get; }

    /// <summary>State that is not trained.</summary>
    public IReadOnlyList<Value> Buffers { get; }

    /// <summary>The input of that name.</summary>
    /// <exception cref="KeyNotFoundException">The graph has no such input.</exception>
    public Value Input(string name) =>
        Inputs.FirstOrDefault(v => v.Name == name)
        ?? throw new KeyNotFoundException($"graph {Name} has no input {name}; it has {string.Join(", ", Inputs.Select(v => v.Name))}");

    /// <summary>The node that computes <paramref name="value"/>, or null for inputs and state.</summary>
    public Node? Producer(Value value) => Nodes.FirstOrDefault(node => node.Outputs.Contains(value));
}
