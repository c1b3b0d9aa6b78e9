using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = tanh x, element by element, to a few units in the last place. ONNX Tanh-13.</summary>
public sealed record Tanh : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [inputs[0]];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        Elementwise.Map(call.Steps, "tanh_forward", call.Input(0), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "tanh_forward_f32", call.Input(0), call.Output(0), call.OutputShape(0).Count);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new TanhGrad(), node.Outputs[0], gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Tanh", call.Inputs, call.Outputs)];

    private readonly struct Kernel : IUnaryMap
    {
        public float Invoke(float x) => Invoke(new Vector<float>(x))[0];

        // Near 0 the exponential form would cancel; there a polynomial holds (Moshier's Cephes, tanhf).
        public Vector<float> Invoke(Vector<float> x)
        {
            Vector<float> square = x * x;
            Vector<float> sum = new(-5.70498872745e-3f);
            sum = Vector.FusedMultiplyAdd(sum, square, new Vector<float>(2.06390887954e-2f));
            sum = Vector.FusedMultiplyAdd(sum, square, new Vector<float>(-5.37397155531e-2f));
            sum = Vector.FusedMultiplyAdd(sum, square, new Vector<float>(1.33314422036e-1f));
            sum = Vector.FusedMultiplyAdd(sum, square, new Vector<float>(-3.33332819422e-1f));
            Vector<float> near = Vector.FusedMultiplyAdd(sum * square, x, x);
            Vector<float> far = Vector<float>.One - (new Vector<float>(2) / (Vector.Exp(x + x) + Vector<float>.One));
            return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(0.625f)), near, far);
        }
    }
}

/// <summary>gradX = gradY · (1 − y²). Inputs: y, gradY.</summary>
public sealed record TanhGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "tanh_grad", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "tanh_grad_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => b * (1 - (a * a));

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) => b * (Vector<float>.One - (a * a));
    }
}
