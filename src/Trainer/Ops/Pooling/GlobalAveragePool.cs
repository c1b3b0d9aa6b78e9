using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Mean of each channel of each image: x [N,C,H,W] → y [N,C,1,1]. ONNX GlobalAveragePool-1.</summary>
public sealed record GlobalAveragePool : ForwardOp
{
    private const int ChannelsPerBlock = 32;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape x = Rule.Image(this, inputs[0]);
        return [TensorType.Image(x[0], x[1], 1, 1)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(OpCost.Elements(inputs) + OpCost.Elements(outputs), inputs, outputs);

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) =>
        AverageWindows.EmitForward(call, "global_average_pool_forward", Plane(call.InputShape(0)), 1, 0, PadCounting.Included);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape x = call.InputShape(0);
        call.Launches.Add(
            "global_average_pool_forward_f32",
            new Blocks(checked(x[0] * Blocks.Over(x[1], ChannelsPerBlock))),
            new CudaArgs(call.Input(0), call.Output(0), x[0], x[1], x[2] * x[3], 0));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Size2 plane = Plane(node.Inputs[0].Shape);
        return [graph.Add(new AveragePoolGrad(plane, 1, 0, PadCounting.Included, plane), gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("GlobalAveragePool", call.Inputs, call.Outputs)];

    private static Size2 Plane(Shape x) => new(x[2], x[3]);

    private readonly record struct CudaArgs(ulong X, ulong Y, int N, int C, int Pixels, int Padding);
}
