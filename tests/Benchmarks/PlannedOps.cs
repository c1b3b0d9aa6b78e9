using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Benchmarks;

/// <summary>A few ops of the product with random inputs, planned and ready to run again and again.</summary>
internal sealed class PlannedOps : IDisposable
{
    private readonly CpuDevice _device;
    private readonly StateStore _state;
    private readonly Plan _plan;

    /// <summary>Plans what <paramref name="build"/> adds; what it returns is computed.</summary>
    /// <param name="build">Adds the ops.</param>
    /// <param name="device">Where, and disposed with this; omitted: every processor.</param>
    public PlannedOps(Func<GraphBuilder, Value> build, CpuDevice? device = null)
    {
        _device = device ?? new CpuDevice();
        GraphBuilder builder = new("benchmark");
        Graph graph = builder.Build(build(builder));
        _state = _device.NewState(graph);
        _state.Initialize(seed: 1);
        _plan = _device.NewPlan(graph, _state);
        foreach (Value input in graph.Inputs)
        {
            Philox random = new(1, (uint)input.Id);
            float[] elements = [.. Enumerable.Range(0, input.Shape.Count).Select(i => random.Normal(0, (ulong)i))];
            _plan.Write(input, elements);
        }
    }

    public void Run() => _plan.Run();

    public void Dispose()
    {
        _plan.Dispose();
        _state.Dispose();
        _device.Dispose();
    }
}
