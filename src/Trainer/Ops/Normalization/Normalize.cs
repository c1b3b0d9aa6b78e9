using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = (x − k₀)·k₁ + k₂ with coefficients k [3,C] per channel: what <see cref="BatchStatistics"/> leaves to do for each element.</summary>
/// <remarks>Inputs: x [N,C,H,W] or [N,C], k. Subtracting first keeps the digits a large mean would cost.</remarks>
public sealed record Normalize : Op
{
    /// <summary>Rows of k.</summary>
    public const int Coefficients = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        NormalizationRule.RequireCoefficients(this, inputs[0], inputs[1], Coefficients);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(3L * outputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => ChannelMap.Emit<Normalized>(
        call.Steps, "normalize", NormalizationRule.Pattern(call.InputShape(0)), call.Input(0), null, call.Input(1), call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        NormalizationLaunch.Normalize(call, NormalizationRule.CudaChannels(call.InputShape(0)), call.Input(1));
}

/// <summary>gradX = gradY·k₁ + (x − k₀)·k₂ + k₃ with coefficients k [4,C] per channel, which <see cref="BatchStatisticsGrad"/> gives.</summary>
/// <remarks>Inputs: gradY, x [N,C,H,W] or [N,C], k. Through the statistics the gradient is affine in gradY and x.</remarks>
public sealed record NormalizeGrad : Op
{
    /// <summary>Rows of k.</summary>
    public const int Coefficients = 4;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        NormalizationRule.RequireCoefficients(this, inputs[1], inputs[2], Coefficients);
        Rule.Require(inputs[0] == inputs[1], this, $"gradY {inputs[0]} and x {inputs[1]} differ");
        return [inputs[0]];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(5L * outputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => ChannelMap.Emit<NormalizationGradient>(
        call.Steps, "normalize_grad", NormalizationRule.Pattern(call.InputShape(0)), call.Input(0), call.Input(1), call.Input(2), call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => NormalizationLaunch.NormalizeGrad(
        call, NormalizationRule.CudaChannels(call.InputShape(0)), x: call.Input(1), gradY: call.Input(0), call.Input(2), call.Output(0));
}
