using System.Diagnostics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>A graph on the CPU: one arena, and a list of parallel loops over it.</summary>
/// <remarks>The same bits whatever the number of threads: chunks depend on shapes only, and partial sums are added in index order.</remarks>
public sealed unsafe class CpuPlan : Plan
{
    private readonly CpuDevice _device;
    private readonly CpuState _state;
    private readonly MemoryPlan _places;
    private readonly CpuMemory _arena;
    private readonly bool _isArenaLent;
    private readonly CpuSteps _steps;
    private readonly List<Node> _nodeOfStep = [];

    /// <summary>Lays out the arena, or the part it needs of that of <paramref name="host"/>, and emits every node.</summary>
    public CpuPlan(Graph graph, CpuDevice device, CpuState state, CpuPlan? host = null)
        : base(graph)
    {
        (_device, _state) = (device, state);
        _places = new MemoryPlan(graph, CpuMemory.Paged);
        _isArenaLent = host is not null && host._arena.Length >= _places.Length;
        _arena = _isArenaLent ? host!._arena : new CpuMemory(_places.Length);
        _steps = new CpuSteps { IsExact = device.IsExact };
        foreach (Node node in graph.Nodes)
        {
            node.Op.EmitCpu(new CpuCall(node, _steps, AddressOf));
            _steps.EndNode();
            _nodeOfStep.AddRange(Enumerable.Repeat(node, _steps.Steps.Count - _nodeOfStep.Count));
        }
    }

    /// <inheritdoc/>
    public override long MemoryBytes => (_isArenaLent ? 0 : _places.Length * sizeof(float)) + _steps.ScratchBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Listing => [.. _steps.Steps.Select(step => $"{step.Name} x{step.Chunks}")];

    /// <inheritdoc/>
    public override void Write(Value input, ReadOnlySpan<float> elements)
    {
        Check(input, elements.Length, ElementType.Float32);
        Storage.Store(input.Type, elements, (float*)AddressOf(input));
    }

    /// <inheritdoc/>
    public override void WriteChannelsLast(Value input, ReadOnlySpan<float> images)
    {
        CheckImages(input, images.Length);
        images.CopyTo(new Span<float>((void*)AddressOf(input), images.Length));
    }

    /// <inheritdoc/>
    public override void Write(Value input, ReadOnlySpan<int> elements)
    {
        Check(input, elements.Length, ElementType.Int32);
        elements.CopyTo(new Span<int>((void*)AddressOf(input), elements.Length));
    }

    /// <inheritdoc/>
    public override void Run() => _steps.Run(_device.Team);

    /// <inheritdoc/>
    public override void Read(Value value, Span<float> elements)
    {
        Check(value, elements.Length, ElementType.Float32);
        Storage.Load(value.Type, (float*)AddressOf(value), elements);
    }

    /// <inheritdoc/>
    public override Readback NewReadback(IReadOnlyList<Value> outputs) => new CpuReadback(this, outputs);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _steps.Dispose();
        if (!_isArenaLent)
        {
            _arena.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override IEnumerable<StepTime> RunTimed()
    {
        for (int i = 0; i < _steps.Steps.Count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _device.Team.Run(_steps.Steps[i]);
            yield return new StepTime(_nodeOfStep[i], _steps.Steps[i].Name, _steps.Steps[i].Chunks, Stopwatch.GetElapsedTime(start));
        }
    }

    private nint AddressOf(Value value) => value.IsState ? (nint)_state.Address(value.Name)
        : value.Overwrites is { } replaced ? (nint)_state.Address(replaced.Name)
        : (nint)(_arena.Pointer + _places.Offset(value));
}
