using BenchmarkDotNet.Attributes;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>Extents of x·weightᵀ.</summary>
public sealed record MatrixProductSize(int Rows, int Inner, int Columns)
{
    /// <summary>Prints <c>128x8192x512</c>.</summary>
    public override string ToString() => $"{Rows}x{Inner}x{Columns}";
}

/// <summary>Matrix products as linear layers have them, the weight transposed.</summary>
[Config(typeof(OpConfiguration))]
public class MatrixProductBenchmark : IDisposable
{
    private PlannedOps? _product;
    private torch.Tensor? _x;
    private torch.Tensor? _weight;

    /// <summary>The hidden layer of simple-cnn, and squares.</summary>
    public static IEnumerable<MatrixProductSize> Sizes => [new(128, 8192, 512), new(512, 512, 512), new(1024, 1024, 1024)];

    /// <summary>The size of this run.</summary>
    [ParamsSource(nameof(Sizes))]
    public MatrixProductSize Size { get; set; } = new(512, 512, 512);

    /// <summary>Prepares both sides.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _product = new PlannedOps(graph => graph.Add(
            new Gemm(Transpose.No, Transpose.Yes),
            graph.Input("x", TensorType.Matrix(Size.Rows, Size.Inner)),
            graph.Input("weight", TensorType.Matrix(Size.Columns, Size.Inner))));
        _x = torch.randn(Size.Rows, Size.Inner);
        _weight = torch.randn(Size.Columns, Size.Inner);
    }

    /// <summary>libtorch's linear, which calls MKL.</summary>
    [Benchmark(Baseline = true)]
    public void Torch()
    {
        using torch.Tensor y = torch.nn.functional.linear(_x!, _weight!);
    }

    /// <summary>The product.</summary>
    [Benchmark]
    public void Product() => _product!.Run();

    /// <summary>Frees both sides.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _product?.Dispose();
        _x?.Dispose();
        _weight?.Dispose();
    }
}
