using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record FrozenBatchNormalization
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int channels = call.InputShape(1).Count;
        CudaChannels sums = new(call.InputShape(0).Count / channels, channels);
        ulong coefficients = call.Launches.Scratch((long)Normalize.Coefficients * channels);
        new FrozenStatistics(Epsilon).EmitChannels(call, firstInput: 1, coefficients);
        NormalizationLaunch.Normalize(call, sums, coefficients);
    }
}

public sealed partial record FrozenBatchNormalizationGrad
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int channels = call.OutputShape(1).Count;
        CudaChannels sums = new(call.InputShape(0).Count / channels, channels);
        ulong partial = NormalizationLaunch.GradSums(call, sums, mean: call.Input(2));
        ulong coefficients = call.Launches.Scratch(channels);
        call.Launches.Add("frozen_batch_normalization_grad_channels_f32", sums.Finish, new ChannelsArgs(
            partial, call.Input(1), call.Input(3), call.Output(1), call.Output(2), coefficients, channels, sums.Chunks, Epsilon, 0));
        call.Launches.Add("frozen_batch_normalization_grad_input_f32", sums.Map, new InputArgs(
            call.Input(4), coefficients, call.Output(0), call.InputShape(0).Count, channels));
    }

    private readonly record struct ChannelsArgs(
        ulong Partial,
        ulong Gamma,
        ulong Variance,
        ulong GradGamma,
        ulong GradBeta,
        ulong Coefficients,
        int Channels,
        int Chunks,
        float Epsilon,
        int Padding);

    private readonly record struct InputArgs(ulong GradY, ulong Coefficients, ulong GradX, int Count, int Channels);
}
