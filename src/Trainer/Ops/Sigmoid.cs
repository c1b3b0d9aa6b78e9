using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = 1 / (1 + exp(−x)), element by element. ONNX Sigmoid-13.</summary>
public sealed record Sigmoid : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        Elementwise.Map(call.Steps, "sigmoid_forward", call.Input(0), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "sigmoid_forward_f32", call.Input(0), call.Output(0), call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new SigmoidGrad(), node.Outputs[0], gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Sigmoid", call.Inputs, call.Outputs)];

    private readonly struct Kernel : IUnaryMap
    {
        // One element takes the same path as several, so that its value does not depend on its place.
        public float Invoke(float x) => Invoke(new Vector<float>(x))[0];

        public Vector<float> Invoke(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Vector.Exp(-x));
    }
}

/// <summary>gradX = gradY · y · (1 − y). Inputs: y, gradY.</summary>
public sealed record SigmoidGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "sigmoid_grad", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "sigmoid_grad_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => b * a * (1 - a);

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) => b * a * (Vector<float>.One - a);
    }
}
