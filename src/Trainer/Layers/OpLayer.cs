using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>A layer without parameters: one op.</summary>
/// <param name="op">The op, with one input.</param>
public class OpLayer(ForwardOp op) : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Add(op, x);
    }
}

/// <summary>y = max(x, 0).</summary>
public sealed class ReLU() : OpLayer(new Relu());

/// <summary>y = x where x &gt; 0, else slope·x.</summary>
/// <param name="negativeSlope">The slope.</param>
public sealed class LeakyReLU(float negativeSlope = 0.01f) : OpLayer(new LeakyRelu(negativeSlope));

/// <summary>y = 1 / (1 + e⁻ˣ).</summary>
public sealed class Sigmoid() : OpLayer(new Ops.Sigmoid());

/// <summary>y = tanh x.</summary>
public sealed class Tanh() : OpLayer(new Ops.Tanh());

/// <summary>Largest value of each window.</summary>
/// <param name="kernelSize">Rows and columns of the window.</param>
/// <param name="stride">Step between windows; omitted: the window's own size.</param>
/// <param name="padding">Rows and columns on each side that never win.</param>
public sealed class MaxPool2d(Size2 kernelSize, Size2? stride = null, Pad2 padding = default)
    : OpLayer(new MaxPool(kernelSize, stride ?? kernelSize, padding));

/// <summary>Mean of each window, padding counted as in PyTorch.</summary>
/// <param name="kernelSize">Rows and columns of the window.</param>
/// <param name="stride">Step between windows; omitted: the window's own size.</param>
/// <param name="padding">Zero rows and columns on each side.</param>
public sealed class AvgPool2d(Size2 kernelSize, Size2? stride = null, Pad2 padding = default)
    : OpLayer(new AveragePool(kernelSize, stride ?? kernelSize, padding, PadCounting.Included));

/// <summary>Mean over all positions: [N,C,H,W] → [N,C,1,1].</summary>
public sealed class GlobalAvgPool2d() : OpLayer(new GlobalAveragePool());

/// <summary>[N,C,H,W] → [N, C·H·W].</summary>
public sealed class Flatten() : OpLayer(new Ops.Flatten());
