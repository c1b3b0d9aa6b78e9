using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>[N,C,H,W] → [N, C·H·W] in C, H, W order, whatever the storage. ONNX Flatten-13 with axis 1.</summary>
public sealed record Flatten : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape x = Rule.Image(this, inputs[0]);
        return [TensorType.Matrix(x[0], x.Count / x[0])];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape x = call.InputShape(0);
        ImageTransposition.Emit(call.Steps, "flatten_forward", call.Input(0), call.Output(0), x[0], x[2] * x[3], x[1]);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape x = call.InputShape(0);
        CudaTransposition.Emit(call.Launches, call.Input(0), call.Output(0), x[0], x[2] * x[3], x[1]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients)
    {
        Shape x = node.Inputs[0].Shape;
        return [graph.Add(new FlattenGrad(x[1], x[2], x[3]), gradients[0]!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Flatten", call.Inputs, call.Outputs, new OnnxAttribute("axis", 1L))];
}

/// <summary>[N, C·H·W] → [N,C,H,W]: the gradient of <see cref="Flatten"/>.</summary>
/// <param name="C">Channels.</param>
/// <param name="H">Rows.</param>
/// <param name="W">Columns.</param>
public sealed record FlattenGrad(int C, int H, int W) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape gradY = Rule.Matrix(this, "gradY", inputs[0]);
        Rule.Require(gradY[1] == C * H * W, this, $"gradY {gradY} does not hold {C}x{H}x{W} per image");
        return [TensorType.Image(gradY[0], C, H, W)];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        ImageTransposition.Emit(call.Steps, "flatten_grad", call.Input(0), call.Output(0), call.InputShape(0)[0], C, H * W);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaTransposition.Emit(call.Launches, call.Input(0), call.Output(0), call.InputShape(0)[0], C, H * W);
}
