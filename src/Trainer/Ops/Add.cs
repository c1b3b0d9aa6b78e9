using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = a + b, of equal types. ONNX Add-14.</summary>
public sealed record Add : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "add", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "add_forward_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [gradients[0], gradients[0]];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Add", call.Inputs, call.Outputs)];

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => a + b;

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) => a + b;
    }
}
