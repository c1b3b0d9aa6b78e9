using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchNormalization
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int channels = call.OutputShape(1).Count;
        CudaChannels sums = new(call.InputShape(0).Count / channels, channels);
        ulong partial = call.Launches.Scratch(2L * sums.Chunks * channels);
        ulong coefficients = call.Launches.Scratch((long)NormalizeChannels.Coefficients * channels);
        call.Launches.Add("batch_normalization_moments_f32", sums.Partials, new MomentsArgs(call.Input(0), partial, sums.Rows, channels, sums.RowsPerChunk, 0));
        call.Launches.Add("batch_normalization_statistics_f32", sums.Finish, new StatisticsArgs(
            call.Input(0),
            partial,
            call.Input(1),
            call.Input(2),
            call.Input(3),
            call.Input(4),
            call.Output(1),
            call.Output(2),
            call.Output(3),
            call.Output(4),
            coefficients,
            sums.Rows,
            channels,
            sums.RowsPerChunk,
            sums.Chunks,
            Epsilon,
            Momentum));
        NormalizationLaunch.Normalize(call, sums, coefficients);
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
        int channels = call.OutputShape(1).Count;
        CudaChannels sums = new(call.InputShape(0).Count / channels, channels);
        ulong partial = NormalizationLaunch.GradSums(call, sums, mean: call.Input(2));
        ulong coefficients = call.Launches.Scratch((long)Map.Coefficients * channels);
        call.Launches.Add("batch_normalization_grad_channels_f32", sums.Finish, new ChannelsArgs(
            partial, call.Input(1), call.Input(2), call.Input(3), call.Output(1), call.Output(2), coefficients, sums.Rows, channels, sums.Chunks, 0));
        call.Launches.Add("batch_normalization_grad_input_f32", sums.Map, new InputArgs(
            call.Input(0), call.Input(4), coefficients, call.Output(0), call.InputShape(0).Count, channels));
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

    private readonly record struct InputArgs(ulong X, ulong GradY, ulong Coefficients, ulong GradX, int Count, int Channels);
}
