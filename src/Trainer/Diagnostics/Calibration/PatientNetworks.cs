using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Narrow networks for pictures of 32x32 in colour and ten classes, of any depth and with any fault.</summary>
internal static class PatientNetworks
{
    private const int Classes = 10;
    private const int Side = 32;
    private const int Channels = 3;

    /// <summary>Layers of one width, each followed by <paramref name="bend"/>.</summary>
    /// <param name="depth">Hidden layers.</param>
    /// <param name="width">Units of each.</param>
    /// <param name="bend">What follows a layer; omitted: ReLU.</param>
    /// <param name="isNormalized">Whether batch norm lies between.</param>
    /// <param name="bias">What biases start at.</param>
    public static Network Mlp(int depth, int width, Func<Layer>? bend = null, bool isNormalized = false, float bias = 0)
    {
        List<Layer> layers = [new Layers.Flatten()];
        for (int i = 0; i < depth; i++)
        {
            layers.Add(new BiasedLinear(i == 0 ? Channels * Side * Side : width, width, bias));
            layers.AddRange(Behind(width, bend, isNormalized));
        }

        return Named("mlp", [.. layers, Head(width)]);
    }

    /// <summary>A convolution with stride 2 and pooling to 8x8 pixels, then 3x3 convolutions of one width, each followed by <paramref name="bend"/>.</summary>
    /// <inheritdoc cref="Mlp"/>
    public static Network Conv(int depth, int width, Func<Layer>? bend = null, bool isNormalized = false, float bias = 0)
    {
        List<Layer> layers = [];
        for (int i = 0; i < depth; i++)
        {
            layers.Add(new BiasedConv(i == 0 ? Channels : width, width, i == 0 ? 2 : 1, bias));
            layers.AddRange(Behind(width, bend, isNormalized));
            layers.AddRange(i == 0 ? [new MaxPool2d(2)] : []);
        }

        return Named("conv", [.. layers, new GlobalAvgPool2d(), new Layers.Flatten(), Head(width)]);
    }

    /// <summary>A convolution, then blocks of two convolutions and a sum.</summary>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="width">Channels.</param>
    /// <param name="isNormalized">Whether each convolution has a batch norm.</param>
    public static Network Residual(int blocks, int width, bool isNormalized = true)
    {
        List<Layer> layers = [Convolution(Channels, width, 2), .. Behind(width, null, isNormalized), new MaxPool2d(2)];
        for (int i = 0; i < blocks; i++)
        {
            Layer[] body = [Convolution(width, width), .. Behind(width, null, isNormalized), Convolution(width, width), .. isNormalized ? [new BatchNorm2d(width)] : Array.Empty<Layer>()];
            layers.Add(new Residual(new Sequential(body)));
            layers.Add(new ReLU());
        }

        return Named("residual", [.. layers, new GlobalAvgPool2d(), new Layers.Flatten(), Head(width)]);
    }

    /// <summary>Two convolutions with pooling and two linear layers, as tutorials have it.</summary>
    public static Network Tutorial(int width) => Named("tutorial", [
        new Conv2d(Channels, width, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(width, 2 * width, 3, padding: 1), new ReLU(), new MaxPool2d(2),
        new Layers.Flatten(), new Linear(2 * width * Side * Side / 16, 64), new ReLU(), new Linear(64, Classes),
    ]);

    /// <summary>Pairs of 3x3 convolutions, each pair with twice the channels of the last and a pooling behind it, and two linear layers.</summary>
    /// <param name="width">Channels of the first pair.</param>
    /// <param name="bend">What follows a layer; omitted: ReLU.</param>
    /// <param name="isNormalized">Whether batch norm lies between.</param>
    public static Network Vgg(int width, Func<Layer>? bend = null, bool isNormalized = false)
    {
        List<Layer> layers = [];
        int channels = Channels;
        for (int i = 0; i < 3; i++, width *= 2)
        {
            layers.AddRange([Convolution(channels, width), .. Behind(width, bend, isNormalized), Convolution(width, width), .. Behind(width, bend, isNormalized), new MaxPool2d(2)]);
            channels = width;
        }

        layers.AddRange([new Layers.Flatten(), new Linear(channels * Side * Side / 64, 64, initializer: Initializers.HeNormal), bend?.Invoke() ?? new ReLU(), Head(64)]);
        return Named("vgg", layers);
    }

    /// <summary>Convolutions per channel and of 1x1 in turn, each with batch norm and ReLU.</summary>
    public static Network Separable(int pairs, int width)
    {
        List<Layer> layers = [Convolution(Channels, width, 2), .. Behind(width, null, isNormalized: true), new MaxPool2d(2)];
        for (int i = 0; i < pairs; i++)
        {
            layers.AddRange([new Conv2d(width, width, 3, padding: 1, groups: width, bias: false, initializer: Initializers.HeNormal), .. Behind(width, null, isNormalized: true)]);
            layers.AddRange([new Conv2d(width, width, 1, bias: false, initializer: Initializers.HeNormal), .. Behind(width, null, isNormalized: true)]);
        }

        return Named("separable", [.. layers, new GlobalAvgPool2d(), new Layers.Flatten(), Head(width)]);
    }

    /// <summary>A convolution, then blocks of 1x1, 3x3 and 1x1 round a sum.</summary>
    /// <param name="blocks">Number of blocks.</param>
    /// <param name="width">Channels inside a block; four times as many outside.</param>
    /// <param name="isNormalized">Whether each convolution has a batch norm.</param>
    /// <param name="last">How the last weight of each block starts; omitted: He's.</param>
    /// <param name="head">How the last layer starts; omitted: He's.</param>
    public static Network Bottleneck(int blocks, int width, bool isNormalized = true, Initializer? last = null, Initializer? head = null)
    {
        int wide = 4 * width;
        List<Layer> layers = [Convolution(Channels, wide, 2), .. Behind(wide, null, isNormalized), new MaxPool2d(2)];
        for (int i = 0; i < blocks; i++)
        {
            Layer[] body =
            [
                new Conv2d(wide, width, 1, bias: false, initializer: Initializers.HeNormal), .. Behind(width, null, isNormalized), Convolution(width, width), .. Behind(width, null, isNormalized),
                new Conv2d(width, wide, 1, bias: false, initializer: last ?? Initializers.HeNormal), .. isNormalized ? [new BatchNorm2d(wide)] : Array.Empty<Layer>(),
            ];
            layers.AddRange([new Residual(new Sequential(body)), new ReLU()]);
        }

        return Named("bottleneck", [.. layers, new GlobalAvgPool2d(), new Layers.Flatten(), new Linear(wide, Classes, initializer: head ?? Initializers.HeNormal)]);
    }

    /// <summary>Layers of one width with ReLU and a last layer that starts at 0.</summary>
    public static Network ZeroHead(int depth, int width)
    {
        List<Layer> layers = [new Layers.Flatten()];
        for (int i = 0; i < depth; i++)
        {
            layers.AddRange([new Linear(i == 0 ? Channels * Side * Side : width, width, initializer: Initializers.HeNormal), new ReLU()]);
        }

        return Named("zero-head", [.. layers, new Linear(width, Classes, initializer: new Constant(0))]);
    }

    private static Network Named(string name, IReadOnlyList<Layer> layers) => Network.Create(name, new Sequential(layers), Channels, Side);

    private static IEnumerable<Layer> Behind(int width, Func<Layer>? bend, bool isNormalized) =>
        [.. isNormalized ? [new BatchNorm2d(width)] : Array.Empty<Layer>(), bend?.Invoke() ?? new ReLU()];

    private static Conv2d Convolution(int from, int to, int stride = 1) => new(from, to, 3, stride, 1, bias: false, initializer: Initializers.HeNormal);

    private static Linear Head(int width) => new(width, Classes, initializer: Initializers.HeNormal);

    private sealed class BiasedLinear(int inputs, int outputs, float bias) : Layer
    {
        public override Value Build(GraphBuilder graph, Value x) => graph.Add(
            new Gemm(Transpose.No, Transpose.Yes),
            x,
            graph.Parameter("weight", TensorType.Matrix(outputs, inputs), Initializers.HeNormal),
            graph.Parameter("bias", TensorType.Vector(outputs), new Constant(bias)));
    }

    private sealed class BiasedConv(int inputs, int outputs, int stride, float bias) : Layer
    {
        public override Value Build(GraphBuilder graph, Value x) => graph.Add(
            new Ops.Conv(stride, 1, 1),
            x,
            graph.Parameter("weight", TensorType.Filter(outputs, inputs, 3, 3), Initializers.HeNormal),
            graph.Parameter("bias", TensorType.Vector(outputs), new Constant(bias)));
    }
}
