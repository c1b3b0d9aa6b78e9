using BenchmarkDotNet.Attributes;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Benchmarks;

/// <summary>The direct way over Winograd's, whichever of the two the product takes: where the limits in <c>src/Trainer/Cpu/Winograd.cs</c> come from.</summary>
[Config(typeof(OpConfiguration))]
public class WinogradBenchmark : IDisposable
{
    private PlannedOps? _direct;
    private PlannedOps? _winograd;

    /// <summary>Full tiles and poor ones; many tiles and few; few channels.</summary>
    public static IEnumerable<ConvolutionLayer> Layers =>
    [
        new(16, 16, 32), new(16, 16, 5), new(16, 16, 3), new(64, 64, 2), new(64, 64, 1),
        new(256, 256, 8, Images: 1), new(256, 256, 8, Images: 8),
        new(3, 16, 32), new(3, 64, 32), new(4, 16, 32),
    ];

    /// <summary>The layer of this run.</summary>
    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = new(16, 16, 32);

    /// <summary>The pass of this run.</summary>
    [ParamsAllValues]
    public ConvolutionPass Pass { get; set; }

    /// <summary>Prepares both ways, on one thread.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _direct = new PlannedOps(graph => Layer.Append(graph, Pass), new CpuDevice(1, isExact: true));
        _winograd = new PlannedOps(AppendWinograd, new CpuDevice(1));
    }

    /// <summary>What the ratio is over.</summary>
    [Benchmark(Baseline = true)]
    public void ByWinograd() => _winograd!.Run();

    /// <summary>Term by term.</summary>
    [Benchmark]
    public void Direct() => _direct!.Run();

    /// <summary>Frees both ways.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _direct?.Dispose();
        _winograd?.Dispose();
    }

    private Value AppendWinograd(GraphBuilder graph)
    {
        ConvGeometry geometry = new(Layer.Images, Layer.Channels, Layer.Size, Layer.Size, Layer.Filters, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        // Its inputs are those of the product's op.
        GraphBuilder product = new("product");
        Graph direct = product.Build(Layer.Append(product, Pass));
        return graph.Add(new WinogradConvolution(Pass, geometry), [.. direct.Inputs.Select(input => graph.Input(input.Name, input.Type))]);
    }
}
