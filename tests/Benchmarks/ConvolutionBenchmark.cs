using BenchmarkDotNet.Attributes;
using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>The convolutions of simple-cnn and resnet20, batch 128.</summary>
[Config(typeof(OpConfiguration))]
public class ConvolutionBenchmark : IDisposable
{
    private PlannedOps? _product;
    private TorchConvolution? _nchw;
    private TorchConvolution? _channelsLast;

    /// <summary>What is convolved.</summary>
    public static IEnumerable<ConvolutionLayer> Layers =>
    [
        new(3, 64, 32), new(64, 128, 16), new(3, 16, 32), new(16, 16, 32), new(16, 32, 32, 2), new(32, 32, 16), new(32, 64, 16, 2), new(64, 64, 8),
    ];

    /// <summary>The layer of this run.</summary>
    [ParamsSource(nameof(Layers))]
    public ConvolutionLayer Layer { get; set; } = new(16, 16, 32);

    /// <summary>The pass of this run.</summary>
    [ParamsAllValues]
    public ConvolutionPass Pass { get; set; }

    /// <summary>Prepares all sides.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _product = new PlannedOps(graph => Layer.Append(graph, Pass));
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
            _x = torch.randn(layer.Images, layer.Channels, layer.Size, layer.Size).In(layout).requires_grad_(pass == ConvolutionPass.GradInput);
            _w = torch.randn(layer.Filters, layer.Channels, ConvolutionLayer.Window, ConvolutionLayer.Window).In(layout).requires_grad_(pass == ConvolutionPass.GradWeight);
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
