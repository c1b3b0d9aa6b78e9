using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = max(x, 0), element by element. ONNX Relu-14.</summary>
public sealed record Relu : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        Elementwise.Map(call.Steps, "relu_forward", call.Input(0), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "relu_forward_f32", call.Input(0), call.Output(0), call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new ReluGrad(), node.Outputs[0], gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Relu", call.Inputs, call.Outputs)];

    private readonly struct Kernel : IUnaryMap
    {
        // A comparison with NaN is false, so NaN stays NaN.
        public float Invoke(float x) => x < 0 ? 0 : x;

        public Vector<float> Invoke(Vector<float> x) =>
            Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), Vector<float>.Zero, x);
    }
}

/// <summary>gradX = gradY where y &gt; 0, else 0. Inputs: y, gradY.</summary>
public sealed record ReluGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "relu_grad", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "relu_grad_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => a > 0 ? b : 0;

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) =>
            Vector.ConditionalSelect(Vector.GreaterThan(a, Vector<float>.Zero), b, Vector<float>.Zero);
    }
}
