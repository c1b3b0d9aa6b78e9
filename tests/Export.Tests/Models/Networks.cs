using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests.Models;

/// <summary>Networks that hold every convention an export can get wrong.</summary>
internal static class Networks
{
    /// <summary>A network for 3x12x12 pictures in which each op has asymmetric attributes, so that no two of them can be mistaken.</summary>
    /// <param name="epsilon">Of every batch norm.</param>
    public static Network Workbench(float epsilon = 1e-5f) => Network.Create(
        "workbench",
        new Sequential(
            ("conv1", new Conv2d(3, 8, 3, padding: new Pad2(2, 1, 0, 1), bias: false, initializer: Initializers.HeNormal)),
            ("bn1", new BatchNorm2d(8, epsilon)),
            ("relu1", new ReLU()),
            ("bn2", new BatchNorm2d(8, epsilon)),
            ("pool1", new AvgPool2d(3, 1, 1)),
            ("conv2", new Conv2d(8, 8, 3, padding: 2, dilation: 2)),
            ("act2", new LeakyReLU(0.1f)),
            ("block", new Residual(
                new Sequential(("conv", new Conv2d(8, 12, 3, 2, 1)), ("bn", new BatchNorm2d(12, epsilon))),
                new Sequential(("take", new OpLayer(new Subsample(2))), ("pad", new OpLayer(new Pad(0, 1, 3)))))),
            ("relu3", new ReLU()),
            ("pool2", new MaxPool2d(3, 1, 1)),
            ("conv3", new Conv2d(12, 6, new Size2(3, 1), stride: new Size2(2, 1), padding: new Pad2(1, 0, 1, 0))),
            ("flatten", new Gimbal.Trainer.Layers.Flatten()),
            ("fc1", new Linear(6 * 3 * 6, 32, initializer: Initializers.HeNormal)),
            ("relu4", new ReLU()),
            ("drop", new Gimbal.Trainer.Layers.Dropout(0.5f)),
            ("fc2", new Linear(32, 32, initializer: Initializers.HeNormal)),
            ("tanh", new Gimbal.Trainer.Layers.Tanh()),
            ("fc3", new Linear(32, 5, initializer: Initializers.HeNormal))),
        channels: 3,
        size: 12);

    /// <summary>A network that convolves with the same filter, and normalises with the same statistics, twice.</summary>
    public static Network SharedWeights() => Network.Create("shared", new Twice(), channels: 3, size: 6);

    /// <summary>One op as a network: its output is flattened and nothing else.</summary>
    public static Network Bare(string name, Layer layer, int channels, Size2 size) =>
        Network.Create(name, new Sequential(layer, new Gimbal.Trainer.Layers.Flatten()), channels, size);

    /// <summary>A layer from a few lines.</summary>
    public static Layer Of(Func<GraphBuilder, Value, Value> build) => new Inline(build);

    private sealed class Inline(Func<GraphBuilder, Value, Value> build) : Layer
    {
        public override Value Build(GraphBuilder graph, Value x) => build(graph, x);
    }

    private sealed class Twice : Layer
    {
        public override Value Build(GraphBuilder graph, Value x)
        {
            Value weight = graph.Parameter("weight", TensorType.Filter(3, 3, 3, 3), Initializers.HeNormal);
            Value[] norm =
            [
                graph.Parameter("norm.weight", TensorType.Vector(3), new Constant(1)),
                graph.Parameter("norm.bias", TensorType.Vector(3), new Constant(0)),
                graph.Buffer("norm.running_mean", TensorType.Vector(3), new Constant(0)),
                graph.Buffer("norm.running_var", TensorType.Vector(3), new Constant(1)),
            ];
            Conv conv = new(1, 1, 1);
            Value once = graph.Add(new FrozenBatchNormalization(1e-5f), [graph.Add(conv, x, weight), .. norm]);
            Value twice = graph.Add(new FrozenBatchNormalization(1e-5f), [graph.Add(conv, once, weight), .. norm]);
            Value product = graph.Parameter("fc.weight", TensorType.Matrix(108, 4), Initializers.HeNormal);
            return graph.Add(new Gemm(Transpose.No, Transpose.No), graph.Add(new Gimbal.Trainer.Ops.Flatten(), twice), product);
        }
    }
}
