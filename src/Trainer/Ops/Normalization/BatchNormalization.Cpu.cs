using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchNormalization
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = NormalizationRule.Pattern(call.InputShape(0));
        float* coefficients = call.Steps.Scratch((long)Normalize.Coefficients * channels);
        ChunkSums sums = NormalizationSums.Moments(call.Steps, pattern, call.Input(0));
        ChannelStatistics.Emit(call.Steps, new ChannelStatistics
        {
            Sums = sums,
            Channels = channels,
            Gamma = call.Input(1),
            Beta = call.Input(2),
            OldMean = call.Input(3),
            OldVariance = call.Input(4),
            Mean = call.Output(1),
            InverseDeviation = call.Output(2),
            NextMean = call.Output(3),
            NextVariance = call.Output(4),
            Coefficients = coefficients,
            Rows = pattern.Rows,
            Epsilon = Epsilon,
            Momentum = Momentum,
        });
        ChannelMap.Emit<Normalized>(call.Steps, "batch_normalization_forward", pattern, call.Input(0), null, coefficients, call.Output(0));
    }
}

public sealed partial record BatchNormalizationGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = NormalizationRule.Pattern(call.InputShape(0));
        float* coefficients = call.Steps.Scratch((long)NormalizeGrad.Coefficients * channels);
        ChunkSums sums = NormalizationSums.Gradient(
            call.Steps, "batch_normalization_grad_sums", pattern, call.Input(0), call.Input(4), call.Input(2));
        ChannelGradients.Emit(call.Steps, new ChannelGradients
        {
            Sums = sums,
            Channels = channels,
            Gamma = call.Input(1),
            Mean = call.Input(2),
            InverseDeviation = call.Input(3),
            GradGamma = call.Output(1),
            GradBeta = call.Output(2),
            Coefficients = coefficients,
            Rows = pattern.Rows,
        });
        ChannelMap.Emit<NormalizationGradient>(
            call.Steps, "batch_normalization_grad_input", pattern, call.Input(4), call.Input(0), coefficients, call.Output(0));
    }
}
