using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>What an average divides by at the border.</summary>
public enum PadCounting
{
    /// <summary>The size of the window, padding and all: PyTorch's default.</summary>
    Included,

    /// <summary>The pixels of the window that lie in the image: ONNX's default.</summary>
    Excluded,
}

/// <summary>Mean of each window: x [N,C,H,W] → y [N,C,P,Q]. ONNX AveragePool-11, PyTorch AvgPool2d.</summary>
/// <remarks>P = (H + Pad.Top + Pad.Bottom − Window.H) / Stride.H + 1, rounded down; Q likewise. Padding counts as 0.</remarks>
/// <param name="Window">Rows and columns of a window.</param>
/// <param name="Stride">From one window to the next, in pixels, 1 or more.</param>
/// <param name="Pad">Rows and columns added on each side, fewer than the window has.</param>
/// <param name="Counting">Whether padding counts in the divisor.</param>
public sealed record AveragePool(Size2 Window, Size2 Stride, Pad2 Pad, PadCounting Counting) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [PoolRule.Forward(this, inputs[0], Window, Stride, Pad)];

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of((long)outputs[0].Shape.Count * ((Window.H * Window.W) + 1), inputs, outputs);

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) => AverageWindows.EmitForward(call, "average_pool_forward", Window, Stride, Pad, Counting);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => PoolLaunch.Average(call, Window, Stride, Pad, Counting);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Shape x = node.Inputs[0].Shape;
        return [graph.Add(new AveragePoolGrad(Window, Stride, Pad, Counting, new Size2(x[2], x[3])), gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
    [
        new(
            "AveragePool",
            call.Inputs,
            call.Outputs,
            [.. PoolRule.OnnxAttributes(Window, Stride, Pad), new OnnxAttribute("count_include_pad", Counting == PadCounting.Included ? 1L : 0L)]),
    ];
}

/// <summary>Gradient of <see cref="AveragePool"/>: each gradY is shared out evenly over its window. Input: gradY.</summary>
/// <remarks>Each pixel adds its shares in scan order of the windows.</remarks>
/// <param name="Window">As in the forward op.</param>
/// <param name="Stride">As in the forward op.</param>
/// <param name="Pad">As in the forward op.</param>
/// <param name="Counting">As in the forward op.</param>
/// <param name="Extent">H and W of x.</param>
public sealed record AveragePoolGrad(Size2 Window, Size2 Stride, Pad2 Pad, PadCounting Counting, Size2 Extent) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) =>
        [PoolRule.Backward(this, inputs[0], Window, Stride, Pad, Extent)];

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of((long)inputs[0].Shape.Count * ((Window.H * Window.W) + 1), inputs, outputs);

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call)
    {
        // Of windows of one pixel only every Stride-th is not 0.
        if (Window == 1 && Pad == 0)
        {
            PixelGrid.EmitGradient(call, Stride);
        }
        else
        {
            AverageWindows.EmitGradient(call, "average_pool_grad", Window, Stride, Pad, Counting);
        }
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => PoolLaunch.AverageGrad(call, Window, Stride, Pad, Counting);
}
