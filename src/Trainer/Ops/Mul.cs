using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = a · b, element by element, of equal types. ONNX Mul-14.</summary>
public sealed record Mul : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "mul", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "mul_forward_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(this, gradients[0]!, node.Inputs[1]), graph.Add(this, gradients[0]!, node.Inputs[0])];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Mul", call.Inputs, call.Outputs)];

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => a * b;

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) => a * b;
    }
}
