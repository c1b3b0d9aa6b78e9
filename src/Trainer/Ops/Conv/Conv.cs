using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>2-D cross-correlation with zero padding: ONNX <c>Conv</c>, PyTorch <c>Conv2d</c>.</summary>
/// <remarks>
/// x [N,C,H,W], w [M,C/Groups,R,S], optional bias [M] → y [N,M,P,Q].
/// P = (H + Pad.Top + Pad.Bottom − ((R − 1)·Dilation.H + 1)) / Stride.H + 1, rounded down; Q likewise.
/// Cost 2·N·M·P·Q·(C/Groups)·R·S FLOP. Source: ONNX Conv-11; R, S, P, Q as in cuDNN and CUTLASS.
/// </remarks>
/// <param name="Stride">Step between output positions, in pixels, 1 or more.</param>
/// <param name="Pad">Zero rows and columns added on each side, in pixels.</param>
/// <param name="Dilation">Distance between filter taps, in pixels, 1 or more.</param>
/// <param name="Groups">Number of independent channel groups; divides C and M.</param>
public sealed record Conv(Size2 Stride, Pad2 Pad, Size2 Dilation, int Groups = 1) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape x = Rule.Image(this, inputs[0]);
        Shape w = inputs[1].Shape;
        Rule.Require(inputs[1].Axes == Axes.Filter && w.Rank == 4, this, $"w {inputs[1]} is not a filter [M,C/groups,R,S]");
        Rule.Require(
            Groups >= 1 && x[1] == w[1] * Groups && w[0] % Groups == 0,
            this,
            $"x {x} has {x[1]} channels, w {w} with groups={Groups} wants {w[1] * Groups}, and groups divide {w[0]}");
        if (inputs.Count > 2)
        {
            Rule.Require(inputs[2].Shape == new Shape(w[0]), this, $"bias {inputs[2]} is not [{w[0]}]");
        }

        return
        [
            TensorType.Image(
                x[0],
                w[0],
                Rule.Windows(this, x[2], w[2], Stride.H, Pad.Top, Pad.Bottom, Dilation.H),
                Rule.Windows(this, x[3], w[3], Stride.W, Pad.Left, Pad.Right, Dilation.W)),
        ];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * outputs[0].Shape.Count * inputs[1].Shape.Count / inputs[1].Shape[0], inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Convolution.Forward(
        call.Steps,
        Geometry(call.InputShape(0), call.InputShape(1)),
        call.Input(0),
        call.Input(1),
        call.Node.Inputs.Count > 2 ? call.Input(2) : null,
        call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => CudaConvolution.Forward(
        call.Launches, CudaGeometry(call.InputShape(0), call.InputShape(1)), call.Input(0), call.Input(1), call.Input(2), call.Output(0));

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        (Value x, Value w, Value gradY) = (node.Inputs[0], node.Inputs[1], gradients[0]!);
        Value gradX = graph.Add(new ConvGradInput(this, x.Shape[2], x.Shape[3]), w, gradY);
        Value gradW = graph.Add(new ConvGradWeight(this, w.Shape[2], w.Shape[3]), x, gradY);
        return node.Inputs.Count > 2 ? [gradX, gradW, graph.Add(new ChannelSum(), gradY)] : [gradX, gradW];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
    [
        new(
            "Conv",
            call.Inputs,
            call.Outputs,
            new OnnxAttribute("dilations", new long[] { Dilation.H, Dilation.W }),
            new OnnxAttribute("group", (long)Groups),
            new OnnxAttribute("kernel_shape", new long[] { call.InputTypes[1].Shape[2], call.InputTypes[1].Shape[3] }),
            new OnnxAttribute("pads", new long[] { Pad.Top, Pad.Left, Pad.Bottom, Pad.Right }),
            new OnnxAttribute("strides", new long[] { Stride.H, Stride.W })),
    ];

    internal ConvGeometry Geometry(Shape x, Shape w) => new(
        x[0], x[1], x[2], x[3], w[0], w[2], w[3], Stride.H, Stride.W, Pad.Top, Pad.Left, Pad.Bottom, Pad.Right, Dilation.H, Dilation.W, Groups);

    internal CudaConvGeometry CudaGeometry(Shape x, Shape w)
    {
        ConvGeometry g = Geometry(x, w);
        return new CudaConvGeometry(
            g.N, g.C, g.H, g.W, g.M, g.R, g.S, g.P, g.Q, g.StrideH, g.StrideW, g.PadTop, g.PadLeft, g.DilationH, g.DilationW, g.Groups);
    }
}
