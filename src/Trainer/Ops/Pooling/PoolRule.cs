using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>What the pooling ops share: shapes, axes, ONNX attributes.</summary>
internal static class PoolRule
{
    /// <summary>The type of y for x.</summary>
    /// <exception cref="ShapeException">x is no image batch, no window fits, or a window could lie in the padding alone.</exception>
    public static TensorType Forward(Op op, TensorType input, Size2 window, Size2 stride, Pad2 pad)
    {
        Shape x = Rule.Image(op, input);
        Rule.Require(
            Math.Max(pad.Top, pad.Bottom) < window.H && Math.Max(pad.Left, pad.Right) < window.W,
            op,
            $"a window of {window} could lie in padding {pad} alone; pad less than the window on each side");
        return TensorType.Image(
            x[0],
            x[1],
            Rule.Windows(op, x[2], window.H, stride.H, pad.Top, pad.Bottom),
            Rule.Windows(op, x[3], window.W, stride.W, pad.Left, pad.Right));
    }

    /// <summary>The type of gradX for gradY, which must fit an x of the given extent.</summary>
    public static TensorType Backward(Op op, TensorType gradY, Size2 window, Size2 stride, Pad2 pad, Size2 extent)
    {
        Shape shape = Rule.Image(op, gradY);
        TensorType x = TensorType.Image(shape[0], shape[1], extent.H, extent.W);
        TensorType y = Forward(op, x, window, stride, pad);
        Rule.Require(y == gradY, op, $"gradY {gradY} does not fit x {x}, which gives {y}");
        return x;
    }

    /// <summary>How rows and columns of x [N,C,H,W] and y [N,C,P,Q] meet.</summary>
    public static (WindowAxis Rows, WindowAxis Columns) Axes(Shape x, Shape y, Size2 window, Size2 stride, Pad2 pad) =>
        (new(x[2], y[2], window.H, stride.H, pad.Top), new(x[3], y[3], window.W, stride.W, pad.Left));

    /// <summary>The attributes ONNX's pooling operators have in common.</summary>
    public static IReadOnlyList<OnnxAttribute> OnnxAttributes(Size2 window, Size2 stride, Pad2 pad) =>
    [
        new("kernel_shape", new long[] { window.H, window.W }),
        new("strides", new long[] { stride.H, stride.W }),
        new("pads", new long[] { pad.Top, pad.Left, pad.Bottom, pad.Right }),
    ];
}
