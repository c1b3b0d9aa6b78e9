using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary><see cref="Normalize"/> and <see cref="Relu"/>, with an <see cref="Add"/> between them where there is a third input: the end of a residual block.</summary>
/// <remarks>Inputs: x, coefficients [3,C], optionally the skip connection, of x's type.</remarks>
public sealed record NormalizeRelu : FusedOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        Value y = graph.Add(new Normalize(), inputs[0], inputs[1]);
        return [graph.Add(new Relu(), inputs.Count > 2 ? graph.Add(new Add(), y, inputs[2]) : y)];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ChannelPattern pattern = NormalizationRule.Pattern(call.InputShape(0));
        if (call.Node.Inputs.Count > 2)
        {
            ChannelMap.Emit<NormalizedPlusSecondRectified>(
                call.Steps, "normalize_add_relu", pattern, call.Input(0), call.Input(2), call.Input(1), call.Output(0));
        }
        else
        {
            ChannelMap.Emit<NormalizedRectified>(call.Steps, "normalize_relu", pattern, call.Input(0), null, call.Input(1), call.Output(0));
        }
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => NormalizationLaunch.NormalizeRelu(call);
}

/// <summary><see cref="Add"/> and <see cref="Relu"/>: max(a + b, 0). Inputs of one type.</summary>
public sealed record AddRelu : FusedOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        return [graph.Add(new Relu(), graph.Add(new Add(), inputs[0], inputs[1]))];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Elementwise.Map(
        call.Steps, "add_relu", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count, default(Kernel));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => CudaElementwise.Map(
        call.Launches, "add_relu_forward_f32", call.Input(0), call.Input(1), call.Output(0), call.OutputShape(0).Count);

    private readonly struct Kernel : IBinaryMap
    {
        public float Invoke(float a, float b) => Rectified.Of(a + b);

        public Vector<float> Invoke(Vector<float> a, Vector<float> b) => Rectified.Of(a + b);
    }
}
