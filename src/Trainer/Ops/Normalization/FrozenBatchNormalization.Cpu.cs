using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record FrozenBatchNormalization
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.InputShape(1).Count;
        ChannelPattern pattern = new(call.InputShape(0).Count / channels, channels);
        Args args = new()
        {
            Gamma = call.Input(1),
            Beta = call.Input(2),
            Mean = call.Input(3),
            Variance = call.Input(4),
            Coefficients = call.Steps.Scratch((long)NormalizeChannels.Coefficients * pattern.Width),
            Pattern = pattern,
            Epsilon = Epsilon,
        };
        call.Steps.Add("frozen_batch_normalization_channels", &PrepareChannels, args, ChannelGroup.Count(channels));
        ChannelMap.Emit<NormalizeChannels>(
            call.Steps, "frozen_batch_normalization_forward", pattern, call.Input(0), null, args.Coefficients, call.Output(0));
    }

    private static unsafe void PrepareChannels(Args* args, int group, float* scratch)
    {
        for (int c = ChannelGroup.Start(group); c < ChannelGroup.End(group, args->Pattern.Channels); c++)
        {
            float scale = (float)(args->Gamma[c] / Math.Sqrt((double)args->Variance[c] + args->Epsilon));
            ChannelGroup.Set(args->Pattern, args->Coefficients, c, args->Mean[c], scale, args->Beta[c]);
        }
    }

    private unsafe struct Args
    {
        public float* Gamma;
        public float* Beta;
        public float* Mean;
        public float* Variance;
        public float* Coefficients;
        public ChannelPattern Pattern;
        public float Epsilon;
    }
}

public sealed partial record FrozenBatchNormalizationGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = new(call.InputShape(0).Count / channels, channels);
        Args args = new()
        {
            Gamma = call.Input(1),
            Variance = call.Input(3),
            GradGamma = call.Output(1),
            GradBeta = call.Output(2),
            Partial = call.Steps.Scratch(NormalizationSums.PartialFloats(pattern)),
            Coefficients = call.Steps.Scratch(pattern.Width),
            Pattern = pattern,
            Epsilon = Epsilon,
        };
        NormalizationSums.Emit(
            call.Steps, "frozen_batch_normalization_grad_sums", pattern, call.Input(0), call.Input(4), call.Input(2), args.Partial);
        call.Steps.Add("frozen_batch_normalization_grad_channels", &FinishChannels, args, ChannelGroup.Count(channels));
        ChannelMap.Emit<Scale>(
            call.Steps, "frozen_batch_normalization_grad_input", pattern, null, call.Input(4), args.Coefficients, call.Output(0));
    }

    private static unsafe void FinishChannels(Args* args, int group, float* scratch)
    {
        for (int c = ChannelGroup.Start(group); c < ChannelGroup.End(group, args->Pattern.Channels); c++)
        {
            (double gradY, double product) = NormalizationSums.Total(args->Pattern, args->Partial, c);
            double inverse = 1 / Math.Sqrt((double)args->Variance[c] + args->Epsilon);
            args->GradBeta[c] = (float)gradY;
            args->GradGamma[c] = (float)(product * inverse);
            ChannelGroup.Set(args->Pattern, args->Coefficients, c, (float)(args->Gamma[c] * inverse));
        }
    }

    private readonly unsafe struct Scale : IChannelMap
    {
        public static float Element(float* x, float* g, float* pattern, int width) => *g * *pattern;

        public static Vector<float> Elements(float* x, float* g, float* pattern, int width) => Vector.Load(g) * Vector.Load(pattern);
    }

    private unsafe struct Args
    {
        public float* Gamma;
        public float* Variance;
        public float* GradGamma;
        public float* GradBeta;
        public float* Partial;
        public float* Coefficients;
        public ChannelPattern Pattern;
        public float Epsilon;
    }
}
