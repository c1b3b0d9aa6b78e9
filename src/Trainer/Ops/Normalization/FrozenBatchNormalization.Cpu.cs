using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record FrozenBatchNormalization
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        float* coefficients = call.Steps.Scratch((long)Normalize.Coefficients * call.InputShape(1).Count);
        new FrozenStatistics(Epsilon).EmitChannels(call, firstInput: 1, coefficients);
        ChannelMap.Emit<Normalized>(
            call.Steps, "frozen_batch_normalization_forward", NormalizationRule.Pattern(call.InputShape(0)), call.Input(0), null, coefficients, call.Output(0));
    }
}

public sealed partial record FrozenBatchNormalizationGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = NormalizationRule.Pattern(call.InputShape(0));
        Args args = new()
        {
            Gamma = call.Input(1),
            Variance = call.Input(3),
            GradGamma = call.Output(1),
            GradBeta = call.Output(2),
            Sums = NormalizationSums.Gradient(
                call.Steps, "frozen_batch_normalization_grad_sums", pattern, call.Input(0), call.Input(4), call.Input(2)),
            Coefficients = call.Steps.Scratch(channels),
            Channels = channels,
            Epsilon = Epsilon,
        };
        call.Steps.Add("frozen_batch_normalization_grad_channels", &FinishChannels, args, ChannelGroup.Count(channels));
        ChannelMap.Emit<TimesCoefficient>(
            call.Steps, "frozen_batch_normalization_grad_input", pattern, call.Input(4), null, args.Coefficients, call.Output(0));
    }

    private static unsafe void FinishChannels(Args* args, int group, float* scratch)
    {
        int first = ChannelGroup.Start(group);
        int count = ChannelGroup.End(group, args->Channels) - first;
        Span<double> gradY = stackalloc double[ChannelGroup.Size];
        Span<double> product = stackalloc double[ChannelGroup.Size];
        NormalizationGradientSums.Join(args->Sums, args->Channels, first, count, gradY, product);
        for (int i = 0; i < count; i++)
        {
            int c = first + i;
            double inverse = 1 / Math.Sqrt((double)args->Variance[c] + args->Epsilon);
            args->GradBeta[c] = (float)gradY[i];
            args->GradGamma[c] = (float)(product[i] * inverse);
            ChannelGroup.Set(args->Coefficients, args->Channels, c, (float)(args->Gamma[c] * inverse));
        }
    }

    private unsafe struct Args
    {
        public float* Gamma;
        public float* Variance;
        public float* GradGamma;
        public float* GradBeta;
        public ChunkSums Sums;
        public float* Coefficients;
        public int Channels;
        public float Epsilon;
    }
}
