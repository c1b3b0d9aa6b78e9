using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Parameters and buffers in a device's memory, shared by name between the plans that train, evaluate and inspect one network.</summary>
public abstract class StateStore : IDisposable
{
    /// <summary>Lists the distinct parameters and buffers of <paramref name="graphs"/>, in order of first appearance.</summary>
    /// <exception cref="InvalidGraphException">Two graphs disagree on the type of a state.</exception>
    protected StateStore(IEnumerable<Graph> graphs)
    {
        Dictionary<string, Value> states = [];
        foreach (Value value in graphs.SelectMany(graph => graph.Values).Where(v => v.IsState))
        {
            if (!states.TryAdd(value.Name, value) && states[value.Name].Type != value.Type)
            {
                throw new InvalidGraphException($"state {value.Name} is {states[value.Name].Type} in one graph and {value.Type} in another");
            }
        }

        States = [.. states.Values];
    }

    /// <summary>Every state once; names are unique.</summary>
    public IReadOnlyList<Value> States { get; }

    /// <summary>Bytes of all states.</summary>
    public long MemoryBytes => States.Sum(v => (long)v.Shape.Count * sizeof(float));

    /// <summary>A copy of one state, in logical order.</summary>
    /// <exception cref="KeyNotFoundException">There is no state of that name.</exception>
    public abstract Tensor Read(string name);

    /// <summary>Replaces one state.</summary>
    /// <exception cref="KeyNotFoundException">There is no state of that name.</exception>
    /// <exception cref="ShapeException"><paramref name="tensor"/> has another shape.</exception>
    public abstract void Write(string name, Tensor tensor);

    /// <summary>Copies of all states, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> ReadAll() => States.ToDictionary(v => v.Name, v => Read(v.Name));

    /// <summary>Fills every state by its initializer, each from a random stream derived from its name.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="choose">Replaces the initializer a layer asked for; null keeps it.</param>
    public void Initialize(ulong seed, Func<Value, Initializer?>? choose = null)
    {
        foreach (Value state in States)
        {
            Tensor tensor = new(state.Shape);
            (choose?.Invoke(state) ?? state.Initializer)?.Fill(tensor, new Philox(seed, StreamOf(state.Name)));
            Write(state.Name, tensor);
        }
    }

    /// <summary>Frees the memory; plans built over it must not run any more.</summary>
    public abstract void Dispose();

    // FNV-1a: adding a layer must not change how the others start, so a stream hangs on the name, not on the position.
    private static uint StreamOf(string name) => name.Aggregate(2166136261u, (hash, character) => (hash ^ character) * 16777619u);
}
