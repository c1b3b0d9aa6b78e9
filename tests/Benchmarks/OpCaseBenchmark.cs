using BenchmarkDotNet.Attributes;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Benchmarks;

/// <summary>Every op case of the tests, so that no op is without a number: small, odd, off every fast path.</summary>
[Config(typeof(OpConfiguration))]
public class OpCaseBenchmark : IDisposable
{
    private static readonly Dictionary<string, OpCase> s_cases = AllOps.Families.SelectMany(family => family.Fixed).ToDictionary(c => c.Name);

    private CpuDevice? _device;
    private StateStore? _state;
    private Plan? _plan;

    /// <summary>Names of the cases chosen by hand; those drawn at random are left to the tests.</summary>
    public static IEnumerable<string> Names => s_cases.Keys;

    /// <summary>The case of this run.</summary>
    [ParamsSource(nameof(Names))]
    public string Case { get; set; } = "";

    /// <summary>Plans the case.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        OpCase opCase = s_cases[Case];
        Graph graph = opCase.ToGraph();
        _device = new CpuDevice();
        _state = _device.NewState(graph);
        _plan = _device.NewPlan(graph, _state);
        foreach ((Value operand, DoubleTensor values) in graph.Nodes[0].Inputs.Zip(opCase.DrawInputs()))
        {
            Write(operand, values);
        }
    }

    /// <summary>The product.</summary>
    [Benchmark]
    public void Product() => _plan!.Run();

    /// <summary>Frees the plan.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _plan?.Dispose();
        _state?.Dispose();
        _device?.Dispose();
    }

    private void Write(Value operand, DoubleTensor values)
    {
        if (operand.IsState)
        {
            _state!.Write(operand.Name, new Tensor(operand.Shape, [.. values.Values.Select(x => (float)x)]));
        }
        else if (operand.Type.Element == ElementType.Int32)
        {
            _plan!.Write(operand, [.. values.Values.Select(x => checked((int)x))]);
        }
        else
        {
            _plan!.Write(operand, [.. values.Values.Select(x => (float)x)]);
        }
    }
}
