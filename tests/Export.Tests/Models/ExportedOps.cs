using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests.Models;

/// <summary>Every op a file can hold, as a network of random shape with nothing behind the op that could hide an error.</summary>
internal static class ExportedOps
{
    private static readonly IReadOnlyDictionary<string, Func<Random, Network>> s_draws = new Dictionary<string, Func<Random, Network>>
    {
        ["Conv"] = random => Conv(random, bias: true),
        ["Conv without bias"] = random => Conv(random, bias: false),
        ["Conv, BatchNormalization"] = random => ConvNorm(random, Clear(random), bias: true),
        ["Conv without bias, BatchNormalization"] = random => ConvNorm(random, Clear(random), bias: false),
        ["BatchNormalization"] = random => Bare(random, (channels, _) => new BatchNorm2d(channels, random.Next(2) == 0 ? 1e-5f : 1e-3f)),
        ["BatchNormalization of vectors"] = random => Flat(random, features => new BatchNorm2d(features)),
        ["FrozenBatchNormalization"] = random => Bare(random, (channels, _) => Frozen(channels)),
        ["Gemm"] = random => Flat(random, features => new Linear(features, random.Next(2, 9), bias: random.Next(2) == 0)),
        ["Gemm, weight as it is"] = random => Flat(random, features => Product(features, random.Next(2, 9))),
        ["SpectralNormalization"] = random => Bare(random, (channels, _) => new SpectralNorm(new Conv2d(channels, 4, 1))),
        ["SpectralNormalization of a matrix"] = random => Flat(random, features => new SpectralNorm(new Linear(features, random.Next(2, 9)))),
        ["Relu"] = random => Bare(random, (_, _) => new ReLU()),
        ["LeakyRelu"] = random => Bare(random, (_, _) => new LeakyReLU(random.NextSingle())),
        ["Sigmoid"] = random => Bare(random, (_, _) => new Gimbal.Trainer.Layers.Sigmoid()),
        ["Tanh"] = random => Bare(random, (_, _) => new Gimbal.Trainer.Layers.Tanh()),
        ["MaxPool"] = random => Window(random, (size, stride, pad) => new MaxPool2d(size, stride, pad)),
        ["AveragePool"] = random => Window(random, (size, stride, pad) => new OpLayer(new AveragePool(size, stride, pad, PadCounting.Included))),
        ["AveragePool without padding"] = random => Window(random, (size, stride, pad) => new OpLayer(new AveragePool(size, stride, pad, PadCounting.Excluded))),
        ["GlobalAveragePool"] = random => Networks.Bare("mean", new GlobalAvgPool2d(), channels: 3, Extent(random)),
        ["Pad"] = random => Bare(random, (_, _) => new OpLayer(new Pad(Sides(random, 4), random.Next(3), random.Next(3)))),
        ["Subsample"] = random => Bare(random, (_, _) => new OpLayer(new Subsample(new Size2(random.Next(1, 4), random.Next(1, 4))))),
        ["Flatten"] = random => Networks.Bare("flatten", Networks.Of((_, x) => x), random.Next(2) == 0 ? 1 : 3, Extent(random)),
        ["Add"] = random => Bare(random, (_, _) => new Residual(new LeakyReLU())),
        ["Mul"] = random => Bare(random, (_, _) => Networks.Of((graph, x) => graph.Add(new Mul(), x, graph.Add(new Gimbal.Trainer.Ops.Sigmoid(), x)))),
        ["Dropout"] = random => Bare(random, (_, _) => new Sequential(new ReLU(), new Gimbal.Trainer.Layers.Dropout(0.3f))),
        ["Softmax"] = random => Flat(random, _ => new OpLayer(new Softmax())),
    };

    /// <summary>Names of the draws: the ops they hold.</summary>
    public static IEnumerable<string> Names => s_draws.Keys;

    /// <summary>A network that holds the op.</summary>
    public static Network Draw(string name, Random random) => s_draws[name](random);

    private static Network Conv(Random random, bool bias) => Bare(random, (channels, size) => RandomConv(random, channels, size, bias).Layer);

    // A batch norm folds into the convolution it alone reads, whatever its attributes.
    private static Network ConvNorm(Random random, Size2 size, bool bias) => Networks.Bare("folded", Stack(RandomConv(random, 3, size, bias)), 3, size);

    private static Sequential Stack((Layer Layer, int Filters) conv) => new(conv.Layer, new BatchNorm2d(conv.Filters, 1e-3f));

    private static (Layer Layer, int Filters) RandomConv(Random random, int channels, Size2 size, bool bias)
    {
        int groups = random.Next(2) == 0 ? 1 : channels;
        Size2 kernel = new(random.Next(1, Math.Min(4, size.H + 1)), random.Next(1, Math.Min(4, size.W + 1)));
        Size2 dilation = new(kernel.H * 2 < size.H ? random.Next(1, 3) : 1, kernel.W * 2 < size.W ? random.Next(1, 3) : 1);
        int filters = groups * random.Next(2, 5);
        return (new Conv2d(channels, filters, kernel, new Size2(random.Next(1, 4), random.Next(1, 4)), Sides(random, 3), dilation, groups, bias), filters);
    }

    private static Network Window(Random random, Func<Size2, Size2, Pad2, Layer> layer)
    {
        Size2 window = new(random.Next(1, 4), random.Next(1, 4));
        Pad2 pad = new(random.Next(window.H), random.Next(window.W), random.Next(window.H), random.Next(window.W));
        Size2 size = new(window.H + random.Next(5), window.W + random.Next(5));
        return Networks.Bare("window", layer(window, new Size2(random.Next(1, 4), random.Next(1, 4)), pad), channels: 3, size);
    }

    private static Network Bare(Random random, Func<int, Size2, Layer> layer)
    {
        Size2 size = Extent(random);
        return Networks.Bare("bare", layer(3, size), channels: 3, size);
    }

    private static Network Flat(Random random, Func<int, Layer> layer)
    {
        Size2 size = Extent(random);
        return Network.Create("flat", new Sequential(new Gimbal.Trainer.Layers.Flatten(), layer(size.H * size.W)), channels: 1, size);
    }

    private static Layer Product(int features, int classes) => Networks.Of((graph, x) => graph.Add(
        new Gemm(Transpose.No, Transpose.No),
        x,
        graph.Parameter("matrix", TensorType.Matrix(features, classes), new Normal(1)),
        graph.Parameter("bias", TensorType.Vector(classes), new Normal(1))));

    private static Layer Frozen(int channels) => Networks.Of((graph, x) => graph.Add(
        new FrozenBatchNormalization(1e-4f),
        [x, .. ((string[])["weight", "bias", "running_mean", "running_var"]).Select(name => graph.Parameter(name, TensorType.Vector(channels), new Constant(1)))]));

    private static Size2 Extent(Random random) => new(random.Next(1, 8), random.Next(2, 8));

    private static Size2 Clear(Random random) => new(random.Next(2, 8), random.Next(2, 8));

    private static Pad2 Sides(Random random, int below) => new(random.Next(below), random.Next(below), random.Next(below), random.Next(below));
}
