using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchNormalization
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        CudaChannels sums = NormalizationRule.CudaChannels(call.InputShape(0));
        ulong coefficients = call.Launches.Scratch((long)Normalize.Coefficients * sums.Channels);
        EmitStatistics(call, Epsilon, Momentum, firstOutput: 1, coefficients);
        NormalizationLaunch.Normalize(call, sums, coefficients);
    }

    /// <summary>Appends the statistics of x, input 0, which are the outputs from <paramref name="firstOutput"/> on.</summary>
    internal static void EmitStatistics(CudaCall call, float epsilon, float momentum, int firstOutput, ulong coefficients)
    {
        CudaChannels sums = NormalizationRule.CudaChannels(call.InputShape(0));
        int channels = sums.Channels;
        ulong partial = call.Launches.Scratch(2L * sums.Chunks * channels);
        call.Launches.Add("batch_normalization_moments_f32", sums.Partials, new MomentsArgs(call.Input(0), partial, sums.Rows, channels, sums.RowsPerChunk, 0));
        call.Launches.Add("batch_normalization_statistics_f32", sums.Finish, new StatisticsArgs(
            call.Launches.Part(call.Input(0), channels),
            partial,
            call.Input(1),
            call.Input(2),
            call.Input(3),
            call.Input(4),
            call.Output(firstOutput),
            call.Output(firstOutput + 1),
            call.Output(firstOutput + 2),
            call.Output(firstOutput + 3),
            coefficients,
            sums.Rows,
            channels,
            sums.RowsPerChunk,
            sums.Chunks,
            epsilon,
            momentum));
    }

    private readonly record struct MomentsArgs(ulong X, ulong Partial, int Rows, int Channels, int RowsPerChunk, int Padding);

    private readonly record struct StatisticsArgs(
        ulong X,
        ulong Partial,
        ulong Gamma,
        ulong Beta,
        ulong OldMean,
        ulong OldVariance,
        ulong Mean,
        ulong InverseDeviation,
        ulong NextMean,
        ulong NextVariance,
        ulong Coefficients,
        int Rows,
        int Channels,
        int RowsPerChunk,
        int Chunks,
        float Epsilon,
        float Momentum);
}

public sealed partial record BatchNormalizationGrad
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        CudaChannels sums = NormalizationRule.CudaChannels(call.InputShape(0));
        ulong coefficients = call.Launches.Scratch((long)NormalizeGrad.Coefficients * sums.Channels);
        EmitStatistics(call, firstOutput: 1, coefficients);
        NormalizationLaunch.NormalizeGrad(call, sums, call.Input(0), call.Input(4), coefficients, call.Output(0));
    }

    /// <summary>Appends the gradients of gamma and beta, which are the outputs from <paramref name="firstOutput"/> on.</summary>
    internal static void EmitStatistics(CudaCall call, int firstOutput, ulong coefficients)
    {
        CudaChannels sums = NormalizationRule.CudaChannels(call.InputShape(0));
        ulong partial = NormalizationLaunch.GradSums(call, sums, mean: call.Input(2));
        call.Launches.Add("batch_normalization_grad_channels_f32", sums.Finish, new ChannelsArgs(
            partial, call.Input(1), call.Input(2), call.Input(3), call.Output(firstOutput), call.Output(firstOutput + 1), coefficients, sums.Rows, sums.Channels, sums.Chunks, 0));
    }

    private readonly record struct ChannelsArgs(
        ulong Partial,
        ulong Gamma,
        ulong Mean,
        ulong InverseDeviation,
        ulong GradGamma,
        ulong GradBeta,
        ulong Coefficients,
        int Rows,
        int Channels,
        int Chunks,
        int Padding);
}

public sealed partial record BatchStatistics
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => BatchNormalization.EmitStatistics(call, Epsilon, Momentum, firstOutput: 0, call.Output(4));
}

public sealed partial record BatchStatisticsGrad
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => BatchNormalizationGrad.EmitStatistics(call, firstOutput: 0, call.Output(2));
}
