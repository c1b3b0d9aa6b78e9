using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Parameters and buffers in one block of the computer's memory.</summary>
public sealed unsafe class CpuState : StateStore
{
    private readonly CpuMemory _memory;
    private readonly Dictionary<string, (Value Value, long Offset)> _places = [];

    /// <summary>Allocates the states of <paramref name="graphs"/>, zeroed.</summary>
    public CpuState(IEnumerable<Graph> graphs)
        : base(graphs)
    {
        long length = 0;
        foreach (Value state in States)
        {
            _places[state.Name] = (state, length);
            length += CpuMemory.Aligned(state.Shape.Count);
        }

        _memory = new CpuMemory(length);
    }

    /// <inheritdoc/>
    public override Tensor Read(string name)
    {
        (Value value, long offset) = _places[name];
        Tensor tensor = new(value.Shape);
        Storage.Load(value.Type, _memory.Pointer + offset, tensor.Span);
        return tensor;
    }

    /// <inheritdoc/>
    public override void Write(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        (Value value, long offset) = _places[name];
        if (tensor.Shape != value.Shape)
        {
            throw new ShapeException($"{name} is {value.Shape}, got {tensor.Shape}");
        }

        Storage.Store(value.Type, tensor.Span, _memory.Pointer + offset);
    }

    /// <inheritdoc/>
    public override void Dispose() => _memory.Dispose();

    internal float* Address(string name) => _memory.Pointer + _places[name].Offset;
}
