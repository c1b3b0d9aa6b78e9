using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchNormalizationGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = new(call.InputShape(0).Count / channels, channels);
        Args args = new()
        {
            Gamma = call.Input(1),
            Mean = call.Input(2),
            InverseDeviation = call.Input(3),
            GradGamma = call.Output(1),
            GradBeta = call.Output(2),
            Partial = call.Steps.Scratch(NormalizationSums.PartialFloats(pattern)),
            Coefficients = call.Steps.Scratch((long)Map.Coefficients * pattern.Width),
            Pattern = pattern,
        };
        NormalizationSums.Emit(
            call.Steps, "batch_normalization_grad_sums", pattern, call.Input(0), call.Input(4), args.Mean, args.Partial);
        call.Steps.Add("batch_normalization_grad_channels", &FinishChannels, args, ChannelGroup.Count(channels));
        ChannelMap.Emit<Map>(
            call.Steps, "batch_normalization_grad_input", pattern, call.Input(0), call.Input(4), args.Coefficients, call.Output(0));
    }

    private static unsafe void FinishChannels(Args* args, int group, float* scratch)
    {
        double rows = args->Pattern.Rows;
        for (int c = ChannelGroup.Start(group); c < ChannelGroup.End(group, args->Pattern.Channels); c++)
        {
            (double gradY, double product) = NormalizationSums.Total(args->Pattern, args->Partial, c);
            double inverse = args->InverseDeviation[c];
            double scale = args->Gamma[c] * inverse;
            args->GradBeta[c] = (float)gradY;
            args->GradGamma[c] = (float)(product * inverse);
            ChannelGroup.Set(
                args->Pattern,
                args->Coefficients,
                c,
                args->Mean[c],
                (float)scale,
                (float)(-scale * inverse * inverse * product / rows),
                (float)(-scale * gradY / rows));
        }
    }

    // gradX is affine in gradY and x − mean.
    private readonly unsafe struct Map : IChannelMap
    {
        public const int Coefficients = 4;

        public static float Element(float* x, float* g, float* pattern, int width) =>
            (*g * pattern[width]) + ((*x - pattern[0]) * pattern[2 * width]) + pattern[3 * width];

        public static Vector<float> Elements(float* x, float* g, float* pattern, int width)
        {
            Vector<float> offset = Vector.Load(x) - Vector.Load(pattern);
            Vector<float> affine = Vector.FusedMultiplyAdd(offset, Vector.Load(pattern + (2 * width)), Vector.Load(pattern + (3 * width)));
            return Vector.FusedMultiplyAdd(Vector.Load(g), Vector.Load(pattern + width), affine);
        }
    }

    private unsafe struct Args
    {
        public float* Gamma;
        public float* Mean;
        public float* InverseDeviation;
        public float* GradGamma;
        public float* GradBeta;
        public float* Partial;
        public float* Coefficients;
        public ChannelPattern Pattern;
    }
}
