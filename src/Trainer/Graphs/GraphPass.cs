namespace Gimbal.Trainer.Graphs;

/// <summary>Rewrites a graph in one walk: a pass says what becomes of each node, in order; inputs, states and outputs stay as they are.</summary>
/// <remarks>Nodes whose results nobody reads in the rewritten graph are dropped, so a pass need not remove what it makes superfluous.</remarks>
public abstract class GraphPass
{
    private readonly Graph _graph;
    private readonly GraphBuilder _builder;
    private readonly Dictionary<Value, Value> _copies = [];
    private readonly Dictionary<Value, Node> _producers;
    private readonly ILookup<Value, Node> _uses;
    private readonly Dictionary<object, int> _order;
    private readonly HashSet<Value> _outputs;

    /// <summary>Prepares to rewrite <paramref name="graph"/>.</summary>
    protected GraphPass(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        _graph = graph;
        _builder = new GraphBuilder(graph.Name);
        _producers = graph.Nodes.SelectMany(node => node.Outputs.Select(v => (v, node))).ToDictionary();
        _uses = graph.Nodes.SelectMany(node => node.Inputs.Distinct().Select(v => (v, node))).ToLookup(pair => pair.v, pair => pair.node);
        _order = graph.Nodes.Index().ToDictionary(pair => (object)pair.Item, pair => pair.Index, ReferenceEqualityComparer.Instance);
        _outputs = [.. graph.Outputs];
    }

    /// <summary>Makes the rewritten graph.</summary>
    public Graph Run()
    {
        foreach (Value value in _graph.Values.Where(v => v.Kind != ValueKind.Result))
        {
            _copies[value] = _builder.Import(value);
        }

        foreach (Node node in _graph.Nodes)
        {
            int lastDot = node.Name.LastIndexOf('.');
            using IDisposable? scope = lastDot < 0 ? null : _builder.Scope(node.Name[..lastDot]);
            if (!Rewrite(node))
            {
                Emit(node.Op, node.Inputs, node.Outputs);
            }
        }

        return _builder.Build([.. _graph.Outputs.Select(v => _copies[v])]);
    }

    /// <summary>Emits what a node becomes.</summary>
    /// <returns>False to copy the node as it is.</returns>
    protected abstract bool Rewrite(Node node);

    /// <summary>Adds a node to the rewritten graph.</summary>
    /// <param name="op">What to compute.</param>
    /// <param name="inputs">Values of the original graph, whose copies are read.</param>
    /// <param name="outputs">For each output the value of the original graph it stands for, or null.</param>
    protected void Emit(Op op, IReadOnlyList<Value> inputs, IReadOnlyList<Value?> outputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        IReadOnlyList<Value> results = EmitNew(
            op, [.. inputs.Select(v => _copies[v])], [.. outputs.Select(v => v?.Overwrites is { } state ? _copies[state] : null)]);
        for (int i = 0; i < results.Count; i++)
        {
            if (outputs[i] is { } original)
            {
                _copies[original] = results[i];
            }
        }
    }

    /// <summary>Adds a node that reads values of the rewritten graph.</summary>
    /// <returns>Its results, which <see cref="Stand"/> can put in the place of the original's.</returns>
    protected IReadOnlyList<Value> EmitNew(Op op, IReadOnlyList<Value> inputs, IReadOnlyList<Value?>? overwrites = null) => _builder.AddAll(op, inputs, overwrites);

    /// <summary>The value of the rewritten graph that stands for <paramref name="original"/>.</summary>
    protected Value Copy(Value original) => _copies[original];

    /// <summary>Lets a value of the rewritten graph stand for one of the original.</summary>
    protected void Stand(Value original, Value copy) => _copies[original] = copy;

    /// <summary>The node of the original graph that computes a value, where its op is a <typeparamref name="TOp"/> and the value its first output.</summary>
    protected Node? Producer<TOp>(Value value)
        where TOp : Op => _producers.GetValueOrDefault(value) is { Op: TOp } node && node.Outputs[0] == value ? node : null;

    /// <summary>The nodes of the original graph that read a value.</summary>
    protected IEnumerable<Node> Uses(Value value) => _uses[value];

    /// <summary>The one node that reads a value, where there is only one, its op is a <typeparamref name="TOp"/>, and nobody reads the value after a run.</summary>
    protected Node? OnlyUse<TOp>(Value value)
        where TOp : Op => !IsOutput(value) && _uses[value].ToList() is [{ Op: TOp } node] ? node : null;

    /// <summary>Whether one node of the original graph runs before another.</summary>
    protected bool IsBefore(Node first, Node second) => _order[first] < _order[second];

    /// <summary>Whether the value stays readable after a run.</summary>
    protected bool IsOutput(Value value) => _outputs.Contains(value);
}
