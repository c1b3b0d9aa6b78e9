using BenchmarkDotNet.Attributes;
using Gimbal.SideBySide;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>Which result of a convolution is computed.</summary>
public enum ConvolutionPass
{
    /// <summary>y.</summary>
    Forward,

    /// <summary>dL/dx.</summary>
    GradInput,

    /// <summary>dL/dw.</summary>
    GradWeight,
}

/// <summary>A 3×3 convolution with padding 1 on square images, batch 128.</summary>
public sealed record ConvolutionLayer(int Channels, int Filters, int Size, int Stride)
{
    /// <summary>Prints <c>16->32 @32 /2</c>.</summary>
    public override string ToString() => $"{Channels}->{Filters} @{Size}{(Stride > 1 ? $" /{Stride}" : "")}";
}

/// <summary>The convolutions of simple-cnn and resnet20.</summary>
[Config(typeof(OpConfiguration))]
public class ConvolutionBenchmark : IDisposable
{
    private const int Batch = 128;

    private PlannedOps? _product;
    private TorchConvolution? _nchw;
    private TorchConvolution? _channelsLast;

    /// <summary>What is convolved.</summary>
    public static IEnumerable<ConvolutionLayer> Layers =>
    [
        new(3, 64, 32, 1), new(64, 128, 16, 1), new(3, 16, 32, 1), new(16, 16, 32, 1), new(16, 32, 32, 2), new(32, 32, 16, 1), new(32, 64, 16, 2), new(64, 64, 8, 1),
    ];

    /// <summary>The layer of this run.</summary>
    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = new(16, 16, 32, 1);

    /// <summary>The pass of this run.</summary>
    [ParamsAllValues]
    public ConvolutionPass Pass { get; set; }

    /// <summary>Prepares all sides.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _product = new PlannedOps(Build);
        _nchw = new TorchConvolution(Layer, Pass, MemoryLayout.Nchw);
        _channelsLast = new TorchConvolution(Layer, Pass, MemoryLayout.ChannelsLast);
    }

    /// <summary>libtorch as it comes.</summary>
    [Benchmark(Baseline = true)]
    public void TorchDefault() => _nchw!.Run();

    /// <summary>libtorch in its fastest layout.</summary>
    [Benchmark]
    public void TorchChannelsLast() => _channelsLast!.Run();

    /// <summary>The product.</summary>
    [Benchmark]
    public void Product() => _product!.Run();

    /// <summary>Frees all sides.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _product?.Dispose();
        _nchw?.Dispose();
        _channelsLast?.Dispose();
    }

    private Value Build(GraphBuilder graph)
    {
        Conv conv = new(Layer.Stride, 1, 1);
        TensorType x = TensorType.Image(Batch, Layer.Channels, Layer.Size, Layer.Size);
        TensorType w = TensorType.Filter(Layer.Filters, Layer.Channels, 3, 3);
        TensorType y = conv.Infer([x, w])[0];
        return Pass switch
        {
            ConvolutionPass.Forward => graph.Add(conv, graph.Input("x", x), graph.Input("w", w)),
            ConvolutionPass.GradInput => graph.Add(new ConvGradInput(conv, Layer.Size, Layer.Size), graph.Input("w", w), graph.Input("gradY", y)),
            _ => graph.Add(new ConvGradWeight(conv, 3, 3), graph.Input("x", x), graph.Input("gradY", y)),
        };
    }

    private sealed class TorchConvolution : IDisposable
    {
        private readonly ConvolutionPass _pass;
        private readonly long[] _stride;
        private readonly torch.Tensor _x;
        private readonly torch.Tensor _w;
        private readonly torch.Tensor _y;
        private readonly torch.Tensor _gradY;

        public TorchConvolution(ConvolutionLayer layer, ConvolutionPass pass, MemoryLayout layout)
        {
            (_pass, _stride) = (pass, [layer.Stride, layer.Stride]);
            _x = torch.randn(Batch, layer.Channels, layer.Size, layer.Size).In(layout).requires_grad_(pass == ConvolutionPass.GradInput);
            _w = torch.randn(layer.Filters, layer.Channels, 3, 3).In(layout).requires_grad_(pass == ConvolutionPass.GradWeight);
            _y = Convolve();
            _gradY = torch.randn_like(_y).In(layout);
        }

        public void Run()
        {
            using var scope = torch.NewDisposeScope();
            if (_pass == ConvolutionPass.Forward)
            {
                Convolve();
            }
            else
            {
                torch.autograd.grad([_y], [_pass == ConvolutionPass.GradInput ? _x : _w], [_gradY], retain_graph: true);
            }
        }

        public void Dispose()
        {
            _x.Dispose();
            _w.Dispose();
            _y.Dispose();
            _gradY.Dispose();
        }

        private torch.Tensor Convolve() => torch.nn.functional.conv2d(_x, _w, null, _stride, [1, 1]);
    }
}
