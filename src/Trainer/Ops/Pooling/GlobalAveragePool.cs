using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Mean of each channel of each image: x [N,C,H,W] → y [N,C,1,1]. ONNX GlobalAveragePool-1.</summary>
public sealed record GlobalAveragePool : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape x = Rule.Image(this, inputs[0]);
        return [TensorType.Image(x[0], x[1], 1, 1)];
    }

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) =>
        AverageWindows.EmitForward(call, "global_average_pool_forward", Plane(call.InputShape(0)), 1, 0, PadCounting.Included);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Size2 plane = Plane(node.Inputs[0].Shape);
        return [graph.Add(new AveragePoolGrad(plane, 1, 0, PadCounting.Included, plane), gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("GlobalAveragePool", call.Inputs, call.Outputs)];

    private static Size2 Plane(Shape x) => new(x[2], x[3]);
}
