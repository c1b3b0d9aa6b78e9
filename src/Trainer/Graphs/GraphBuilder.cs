using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>The only way to make a graph: every <see cref="Add"/> checks shapes at once, so errors point at the line that builds.</summary>
public sealed class GraphBuilder
{
    private readonly string _name;
    private readonly List<Value> _values = [];
    private readonly List<Node> _nodes = [];
    private readonly HashSet<string> _names = [];
    private string _scope = "";
    private int _streams;

    private Value? _random;

    /// <summary>Starts an empty graph.</summary>
    /// <param name="name">What the graph is called in listings.</param>
    public GraphBuilder(string name) => _name = name;

    /// <summary>A number for the next random op: ops with different numbers draw independent random numbers.</summary>
    public int NextStream() => ++_streams;

    /// <summary>The input random ops share: int32 [3] holding the run's seed (low word, high word) and the step.</summary>
    public Value Random => _random ??= Input("random", TensorType.Vector(3) with { Element = ElementType.Int32 });

    /// <summary>Declares a value the caller writes before each run.</summary>
    public Value Input(string name, TensorType type) => Declare(Claim(name), type, ValueKind.Input, null);

    /// <summary>Declares a trained parameter under the current scope.</summary>
    public Value Parameter(string name, TensorType type, Initializer initializer) =>
        Declare(Claim(Qualified(name)), type, ValueKind.Parameter, initializer);

    /// <summary>Declares state that is not trained, under the current scope.</summary>
    public Value Buffer(string name, TensorType type, Initializer initializer) =>
        Declare(Claim(Qualified(name)), type, ValueKind.Buffer, initializer);

    /// <summary>Declares a copy of an input, parameter or buffer of another graph, with the same name.</summary>
    /// <param name="original">A value that is not a node's result.</param>
    /// <param name="type">Its type here; the original's where omitted.</param>
    public Value Import(Value original, TensorType? type = null)
    {
        ArgumentNullException.ThrowIfNull(original);
        return Declare(Claim(original.Name), type ?? original.Type, original.Kind, original.Initializer);
    }

    /// <summary>Adds a node and returns its first output.</summary>
    /// <exception cref="ShapeException">The inputs do not fit the op.</exception>
    public Value Add(Op op, params IReadOnlyList<Value> inputs) => AddAll(op, inputs)[0];

    /// <summary>Adds a node and returns all its outputs.</summary>
    /// <param name="op">What to compute.</param>
    /// <param name="inputs">Operands in the op's order.</param>
    /// <param name="overwrites">For each output the state whose memory it replaces, or null; omitted: none.</param>
    /// <exception cref="ShapeException">The inputs do not fit the op.</exception>
    public IReadOnlyList<Value> AddAll(Op op, IReadOnlyList<Value> inputs, IReadOnlyList<Value?>? overwrites = null)
    {
        ArgumentNullException.ThrowIfNull(op);
        string name = Claim(Qualified(op.Name));
        return Append(name, op, inputs, overwrites, i =>
            overwrites?[i] is { } state ? Claim($"{state.Name}.next") : i == 0 ? name : Claim($"{name}.{i}"));
    }

    /// <summary>Adds a node right behind the one that computes its operand, which then need not be kept until the present end of the graph.</summary>
    /// <returns>The first output.</returns>
    /// <exception cref="ShapeException">The operand does not fit the op.</exception>
    public Value AddBehind(Op op, Value input)
    {
        Value result = Add(op, input);
        Node added = _nodes[^1];
        int producer = _nodes.FindLastIndex(node => node.Outputs.Contains(input));
        _nodes.RemoveAt(_nodes.Count - 1);
        _nodes.Insert(producer + 1, added);
        return result;
    }

    /// <summary>Adds a node under a full name, which its first output shares; the scope does not matter.</summary>
    /// <returns>The first output.</returns>
    /// <exception cref="ShapeException">The inputs do not fit the op.</exception>
    public Value AddNamed(string name, Op op, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(op);
        string unique = Claim(name);
        return Append(unique, op, inputs, null, i => i == 0 ? unique : Claim($"{unique}.{i}"))[0];
    }

    /// <summary>Adds a node whose results all have known names, as they have in a graph's text.</summary>
    internal void AddNamed(string name, Op op, IReadOnlyList<Value> inputs, IReadOnlyList<string> outputs, IReadOnlyList<Value?> overwrites)
    {
        Claim(name);
        Append(name, op, inputs, overwrites, i => i < outputs.Count ? outputs[i] : throw new ShapeException($"{op.Name} has more outputs than {outputs.Count}"));
    }

    /// <summary>Declares an input, parameter or buffer without an initializer.</summary>
    internal Value Declare(string name, TensorType type, ValueKind kind) => Declare(Claim(name), type, kind, null);

    private Value[] Append(string name, Op op, IReadOnlyList<Value> inputs, IReadOnlyList<Value?>? overwrites, Func<int, string> outputName)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        IReadOnlyList<TensorType> types;
        try
        {
            types = op.Infer([.. inputs.Select(v => v.Type)]);
        }
        catch (ShapeException e)
        {
            throw new ShapeException($"{name}: {e.Message}");
        }

        Value[] outputs = new Value[types.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = new Value(_values.Count, outputName(i), types[i], ValueKind.Result) { Overwrites = overwrites?[i] };
            _values.Add(outputs[i]);
        }

        _nodes.Add(new Node(name, op, [.. inputs], outputs));
        return outputs;
    }

    /// <summary>Prefixes the names of everything added until the result is disposed: <c>layer1.0.conv1</c>; an empty name adds nothing.</summary>
    public IDisposable Scope(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string outer = _scope;
        _scope = name.Length == 0 ? outer : Qualified(name);
        return new Restore(() => _scope = outer);
    }

    /// <summary>Finishes the graph. Nodes that neither lead to an output nor replace a state, and values nobody reads, are dropped.</summary>
    /// <param name="outputs">Values that stay readable after a run.</param>
    /// <exception cref="InvalidGraphException">The graph breaks a rule of <see cref="GraphVerifier"/>.</exception>
    public Graph Build(params IReadOnlyList<Value> outputs)
    {
        HashSet<Value> needed = [.. outputs];
        List<Node> live = [];
        foreach (Node node in Enumerable.Reverse(_nodes))
        {
            if (node.Outputs.Any(v => needed.Contains(v) || v.Overwrites is not null))
            {
                live.Add(node);
                needed.UnionWith(node.Inputs);
            }
        }

        live.Reverse();
        HashSet<Value> kept = [.. needed, .. live.SelectMany(node => node.Outputs)];
        kept.UnionWith(live.SelectMany(node => node.Outputs).Select(v => v.Overwrites).OfType<Value>());
        List<Value> values = [];
        Dictionary<Value, Value> renumbered = [];
        foreach (Value value in _values.Where(kept.Contains))
        {
            Value copy = new(values.Count, value.Name, value.Type, value.Kind)
            {
                Initializer = value.Initializer,
                Overwrites = value.Overwrites is null ? null : renumbered[value.Overwrites],
            };
            renumbered[value] = copy;
            values.Add(copy);
        }

        IReadOnlyList<Node> nodes = [.. live.Select(node =>
            node with { Inputs = [.. node.Inputs.Select(v => renumbered[v])], Outputs = [.. node.Outputs.Select(v => renumbered[v])] })];
        return new Graph(_name, values, nodes, [.. outputs.Select(v => renumbered[v])]);
    }

    /// <summary>The nodes added so far.</summary>
    public IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>The values declared so far of one kind.</summary>
    public IReadOnlyList<Value> ValuesOf(ValueKind kind) => [.. _values.Where(v => v.Kind == kind)];

    private Value Declare(string name, TensorType type, ValueKind kind, Initializer? initializer)
    {
        Value value = new(_values.Count, name, type, kind) { Initializer = initializer };
        _values.Add(value);
        return value;
    }

    private string Qualified(string name) => _scope.Length == 0 ? name : $"{_scope}.{name}";

    private string Claim(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++)
        {
            unique = $"{name}_{i}";
        }

        return unique;
    }

    private sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
