using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchStatistics
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ChunkSums sums = NormalizationSums.Moments(call.Steps, NormalizationRule.Pattern(call.InputShape(0)), call.Input(0));
        EmitChannels(call, sums, call.InputShape(0), firstInput: 1, firstOutput: 0);
    }

    /// <summary>Appends the step that turns sums into this op's outputs.</summary>
    internal unsafe void EmitChannels(CpuCall call, ChunkSums sums, Tensors.Shape x, int firstInput, int firstOutput) =>
        ChannelStatistics.Emit(call.Steps, new ChannelStatistics
        {
            Sums = sums,
            Channels = x[1],
            Gamma = call.Input(firstInput),
            Beta = call.Input(firstInput + 1),
            OldMean = call.Input(firstInput + 2),
            OldVariance = call.Input(firstInput + 3),
            Mean = call.Output(firstOutput),
            InverseDeviation = call.Output(firstOutput + 1),
            NextMean = call.Output(firstOutput + 2),
            NextVariance = call.Output(firstOutput + 3),
            Coefficients = call.Output(firstOutput + 4),
            Rows = x.Count / x[1],
            Epsilon = Epsilon,
            Momentum = Momentum,
        });
}

public sealed partial record BatchStatisticsGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ChunkSums sums = NormalizationSums.Gradient(
            call.Steps, "batch_normalization_grad_sums", NormalizationRule.Pattern(call.InputShape(0)), call.Input(0), call.Input(4), call.Input(2));
        EmitChannels(call, sums, call.InputShape(0), firstInput: 1, firstOutput: 0);
    }

    /// <summary>Appends the step that turns sums into this op's outputs.</summary>
    internal static unsafe void EmitChannels(CpuCall call, ChunkSums sums, Tensors.Shape x, int firstInput, int firstOutput) =>
        ChannelGradients.Emit(call.Steps, new ChannelGradients
        {
            Sums = sums,
            Channels = x[1],
            Gamma = call.Input(firstInput),
            Mean = call.Input(firstInput + 1),
            InverseDeviation = call.Input(firstInput + 2),
            GradGamma = call.Output(firstOutput),
            GradBeta = call.Output(firstOutput + 1),
            Coefficients = call.Output(firstOutput + 2),
            Rows = x.Count / x[1],
        });
}
