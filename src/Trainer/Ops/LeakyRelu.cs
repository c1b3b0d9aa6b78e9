using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = x where x ≥ 0, else Alpha · x, element by element. ONNX LeakyRelu-6.</summary>
/// <param name="Alpha">Slope below 0, finite.</param>
public sealed record LeakyRelu(float Alpha) : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(float.IsFinite(Alpha), this, $"slope {Alpha} is not finite");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        Elementwise.Map(call.Steps, "leaky_relu_forward", call.Input(0), call.Output(0), call.OutputShape(0).Count, new Kernel(Alpha));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "leaky_relu_forward_f32", call.Input(0), call.Output(0), call.OutputShape(0).Count, Alpha);

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new LeakyReluGrad(Alpha), node.Inputs[0], gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) =>
        [new("LeakyRelu", call.Inputs, call.Outputs, new OnnxAttribute("alpha", Alpha))];

    private readonly struct Kernel(float alpha) : IUnaryMap
    {
        private readonly float _alpha = alpha;

        public float Invoke(float x) => x < 0 ? _alpha * x : x;

        public Vector<float> Invoke(Vector<float> x) => Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), x * _alpha, x);
    }
}

/// <summary>gradX = gradY where x &gt; 0, else Alpha · gradY, as in PyTorch. Inputs: x, gradY.</summary>
/// <param name="Alpha">Slope below 0.</param>
public sealed record LeakyReluGrad(float Alpha) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "leaky_relu_grad", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, new Kernel(Alpha));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        CudaElementwise.Map(call.Launches, "leaky_relu_grad_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, Alpha);

    private readonly struct Kernel(float alpha) : IBinaryMap
    {
        private readonly float _alpha = alpha;

        public float Invoke(float a, float b) => a > 0 ? b : _alpha * b;

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) =>
            Vector.ConditionalSelect(Vector.GreaterThan(a, Vector<float>.Zero), b, b * _alpha);
    }
}
