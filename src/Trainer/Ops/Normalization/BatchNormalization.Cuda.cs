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
        CudaTileSums partial = new(call.Launches.Scratch(2L * sums.Chunks * channels), sums.RowsPerChunk, sums.Chunks);
        call.Launches.Add("batch_normalization_moments_f32", sums.Partials, new MomentsArgs(call.Input(0), partial.Partial, sums.Rows, channels, sums.RowsPerChunk, 0));
        EmitStatistics(call, epsilon, momentum, partial, sums, call.Launches.Part(call.Input(0), channels), firstInput: 1, firstOutput, coefficients);
    }

    /// <summary>Appends what makes statistics of moments about <paramref name="origin"/>, a value for each channel, or 0 for moments as they are.</summary>
    internal static void EmitStatistics(
        CudaCall call, float epsilon, float momentum, in CudaTileSums partial, in CudaChannels sums, ulong origin, int firstInput, int firstOutput, ulong coefficients) =>
        call.Launches.Add("batch_normalization_statistics_f32", sums.Finish, new StatisticsArgs(
            origin,
            partial.Partial,
            call.Input(firstInput),
            call.Input(firstInput + 1),
            call.Input(firstInput + 2),
            call.Input(firstInput + 3),
            call.Output(firstOutput),
            call.Output(firstOutput + 1),
            call.Output(firstOutput + 2),
            call.Output(firstOutput + 3),
            coefficients,
            sums.Rows,
            sums.Channels,
            partial.RowsPerChunk,
            partial.Chunks,
            epsilon,
            momentum));

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
        EmitStatistics(call, partial, sums.Chunks, sums, firstInput: 1, firstOutput, coefficients);
    }

    /// <summary>The same of sums that are there; gamma, mean and inverse deviation are the inputs from <paramref name="firstInput"/> on.</summary>
    internal static void EmitStatistics(CudaCall call, ulong partial, int chunks, in CudaChannels sums, int firstInput, int firstOutput, ulong coefficients) =>
        call.Launches.Add("batch_normalization_grad_channels_f32", sums.Finish, new ChannelsArgs(
            partial,
            call.Input(firstInput),
            call.Input(firstInput + 1),
            call.Input(firstInput + 2),
            call.Output(firstOutput),
            call.Output(firstOutput + 1),
            coefficients,
            sums.Rows,
            sums.Channels,
            chunks,
            0));

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
