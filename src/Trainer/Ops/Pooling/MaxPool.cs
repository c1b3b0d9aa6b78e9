using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Largest value of each window: x [N,C,H,W] → y [N,C,P,Q]. ONNX MaxPool-12, PyTorch MaxPool2d.</summary>
/// <remarks>
/// P = (H + Pad.Top + Pad.Bottom − Window.H) / Stride.H + 1, rounded down; Q likewise. Padding counts as −∞, the first of equal values wins,
/// NaN wins over everything. Outputs: y, and int32 [N,C,P,Q], where in its plane each value was found: h·W + w.
/// </remarks>
/// <param name="Window">Rows and columns of a window.</param>
/// <param name="Stride">From one window to the next, in pixels, 1 or more.</param>
/// <param name="Pad">Rows and columns added on each side, fewer than the window has.</param>
public sealed partial record MaxPool(Size2 Window, Size2 Stride, Pad2 Pad) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType y = PoolRule.Forward(this, inputs[0], Window, Stride, Pad);
        return [y, y with { Element = ElementType.Int32 }];
    }

    /// <inheritdoc/>
    /// <remarks>A comparison for each pixel of each window.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of((long)outputs[0].Shape.Count * Window.H * Window.W, inputs, outputs);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Shape x = node.Inputs[0].Shape;
        return [graph.Add(new MaxPoolGrad(Window, Stride, Pad, new Size2(x[2], x[3])), node.Outputs[1], gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
        [new("MaxPool", call.Inputs, [call.Outputs[0]], PoolRule.OnnxAttributes(Window, Stride, Pad))];
}

/// <summary>Gradient of <see cref="MaxPool"/>: each gradY goes to the position its value came from. Inputs: positions, gradY.</summary>
/// <remarks>Each pixel adds the windows that chose it in scan order.</remarks>
/// <param name="Window">As in the forward op.</param>
/// <param name="Stride">As in the forward op.</param>
/// <param name="Pad">As in the forward op.</param>
/// <param name="Extent">H and W of x.</param>
public sealed partial record MaxPoolGrad(Size2 Window, Size2 Stride, Pad2 Pad, Size2 Extent) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType gradY = inputs[1];
        Rule.Require(inputs[0] == gradY with { Element = ElementType.Int32 }, this, $"positions {inputs[0]} are not {gradY} int32");
        return [PoolRule.Backward(this, gradY, Window, Stride, Pad, Extent)];
    }

    /// <inheritdoc/>
    /// <remarks>An addition for each gradY.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(inputs[1].Shape.Count, inputs, outputs);
}
