using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Every Stride-th pixel of x [N,C,H,W], the first included: [N,C,⌈H/Stride.H⌉,⌈W/Stride.W⌉].</summary>
/// <remarks>
/// What a residual block without a projection does to its input (He et al. 2016, option A). In ONNX it is a MaxPool with windows of one pixel,
/// which every runtime has, unlike a Slice with steps.
/// </remarks>
/// <param name="Stride">Pixels from one to the next, 1 or more.</param>
public sealed record Subsample(Size2 Stride) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [PoolRule.Forward(this, inputs[0], 1, Stride, 0)];

    /// <inheritdoc/>
    /// <remarks>Of x only the pixels that are kept are read.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, outputs, outputs);

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) =>
        PixelGrid.EmitForward(call, Stride);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => PoolLaunch.Average(call, 1, Stride, 0, PadCounting.Included);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Shape x = node.Inputs[0].Shape;
        return [graph.Add(new AveragePoolGrad(1, Stride, 0, PadCounting.Included, new Size2(x[2], x[3])), gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
        [new("MaxPool", call.Inputs, call.Outputs, PoolRule.OnnxAttributes(1, Stride, 0))];
}
