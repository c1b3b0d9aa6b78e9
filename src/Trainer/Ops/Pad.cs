using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Zeros around x [N,C,H,W]: rows and columns on each side, channels ahead of and behind the others. ONNX Pad-13.</summary>
/// <param name="Sides">Rows and columns added, 0 or more.</param>
/// <param name="ChannelsBefore">Channels of zeros ahead, 0 or more.</param>
/// <param name="ChannelsAfter">Channels of zeros behind, 0 or more.</param>
public sealed record Pad(Pad2 Sides, int ChannelsBefore, int ChannelsAfter) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape x = Rule.Image(this, inputs[0]);
        Rule.Require(
            Math.Min(Math.Min(Sides.Top, Sides.Bottom), Math.Min(Sides.Left, Sides.Right)) >= 0 && ChannelsBefore >= 0 && ChannelsAfter >= 0,
            this,
            $"padding is 0 or more: {this}");
        return [TensorType.Image(x[0], x[1] + ChannelsBefore + ChannelsAfter, x[2] + Sides.Top + Sides.Bottom, x[3] + Sides.Left + Sides.Right)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        PadKernel.Emit(call, "pad_forward", call.InputShape(0), call.OutputShape(0), Sides, ChannelsBefore, &PadKernel.PadChunk);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        PadLaunch.Emit(call, "pad_forward_f32", call.InputShape(0), call.OutputShape(0), Sides, ChannelsBefore, call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new PadGrad(Sides, ChannelsBefore, ChannelsAfter), gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call)
    {
        string pads = $"{call.Name}.pads";
        long[] amounts = [0, ChannelsBefore, Sides.Top, Sides.Left, 0, ChannelsAfter, Sides.Bottom, Sides.Right];
        return
        [
            new("Constant", [], [pads], new OnnxAttribute("value", amounts)),
            new("Pad", [call.Inputs[0], pads], call.Outputs, new OnnxAttribute("mode", "constant")),
        ];
    }
}

/// <summary>Gradient of <see cref="Pad"/>: cuts the padding off. Input: gradY.</summary>
/// <param name="Sides">As in the forward op.</param>
/// <param name="ChannelsBefore">As in the forward op.</param>
/// <param name="ChannelsAfter">As in the forward op.</param>
public sealed record PadGrad(Pad2 Sides, int ChannelsBefore, int ChannelsAfter) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape gradY = Rule.Image(this, inputs[0]);
        (int c, int h, int w) = (
            gradY[1] - ChannelsBefore - ChannelsAfter, gradY[2] - Sides.Top - Sides.Bottom, gradY[3] - Sides.Left - Sides.Right);
        Rule.Require(c > 0 && h > 0 && w > 0, this, $"gradY {gradY} is not larger than the padding");
        return [TensorType.Image(gradY[0], c, h, w)];
    }

    /// <inheritdoc/>
    /// <remarks>Of gradY only what is kept is read.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, outputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => PadKernel.Emit(
        call, "pad_grad", call.OutputShape(0), call.InputShape(0), Sides, ChannelsBefore, &PadKernel.CutChunk);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        PadLaunch.Emit(call, "pad_grad_f32", call.OutputShape(0), call.InputShape(0), Sides, ChannelsBefore, call.OutputShape(0).Count);
}
