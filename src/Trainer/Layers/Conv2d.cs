using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>2-D convolution with parameters <c>weight</c> [out, in/groups, R, S] and <c>bias</c> [out]; arguments as in PyTorch.</summary>
/// <param name="inChannels">Channels of the input.</param>
/// <param name="outChannels">Filters.</param>
/// <param name="kernelSize">Rows and columns of the filter.</param>
/// <param name="stride">Step between output positions, in pixels; omitted: 1.</param>
/// <param name="padding">Zero rows and columns on each side; omitted: none.</param>
/// <param name="dilation">Distance between filter taps; omitted: 1.</param>
/// <param name="groups">Independent channel groups.</param>
/// <param name="bias">Whether a bias is added; before batch norm it would be lost.</param>
/// <param name="initializer">How the weight starts; omitted: PyTorch's default.</param>
public sealed class Conv2d(
    int inChannels,
    int outChannels,
    Size2 kernelSize,
    Size2? stride = null,
    Pad2 padding = default,
    Size2? dilation = null,
    int groups = 1,
    bool bias = true,
    Initializer? initializer = null) : WeightedLayer
{
    /// <inheritdoc/>
    private protected override TensorType WeightType => groups >= 1 && inChannels % groups == 0
        ? TensorType.Filter(outChannels, inChannels / groups, kernelSize.H, kernelSize.W)
        : throw new ShapeException($"Conv2d: groups={groups} does not divide {inChannels} input channels");

    /// <inheritdoc/>
    private protected override Initializer WeightInitializer => initializer ?? Initializers.PyTorchDefault;

    /// <inheritdoc/>
    internal override Value Apply(GraphBuilder graph, Value x, Value weight)
    {
        Conv conv = new(stride ?? 1, padding, dilation ?? 1, groups);
        return bias
            ? graph.Add(conv, x, weight, graph.Parameter("bias", TensorType.Vector(outChannels), Initializers.PyTorchBias(weight.Shape)))
            : graph.Add(conv, x, weight);
    }
}
