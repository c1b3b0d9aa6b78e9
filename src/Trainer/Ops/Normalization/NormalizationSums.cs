using System.Numerics;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Ops;

/// <summary>The sums both gradients of batch normalisation need, per channel: Σ gradY and Σ gradY·(x − mean).</summary>
internal static unsafe class NormalizationSums
{
    private const int Sums = 2;

    /// <summary>Floats of the partial sums.</summary>
    public static long PartialFloats(in ChannelPattern pattern) => (long)pattern.Chunks * Sums * pattern.Channels;

    /// <summary>Appends the sums of every chunk.</summary>
    public static void Emit(CpuSteps steps, string name, ChannelPattern pattern, float* x, float* gradY, float* mean, float* partial)
    {
        Args args = new() { X = x, GradY = gradY, Mean = mean, Partial = partial, Pattern = pattern };
        steps.Add(name, &SumChunk, args, pattern.Chunks, (1 + Sums) * pattern.Width);
    }

    /// <summary>Adds the chunks of one channel, in order.</summary>
    public static (double GradY, double GradYTimesX) Total(in ChannelPattern pattern, float* partial, int channel)
    {
        double gradY = 0;
        double product = 0;
        for (int chunk = 0; chunk < pattern.Chunks; chunk++)
        {
            float* sums = partial + ((long)chunk * Sums * pattern.Channels) + channel;
            gradY += sums[0];
            product += sums[pattern.Channels];
        }

        return (gradY, product);
    }

    private static void SumChunk(Args* args, int chunk, float* scratch)
    {
        ChannelPattern pattern = args->Pattern;
        float* sums = scratch + pattern.Width;
        float* partial = args->Partial + ((long)chunk * Sums * pattern.Channels);
        pattern.Expand(args->Mean, scratch);
        ChannelSums.Accumulate<Terms>(pattern, chunk, args->X, args->GradY, scratch, sums);
        pattern.Fold(sums, partial);
        pattern.Fold(sums + pattern.Width, partial + pattern.Channels);
    }

    private readonly struct Terms : IChannelTerms
    {
        public static int Count => Sums;

        public static void Add(float* x, float* g, float* centre, float* sums, int width)
        {
            sums[0] += *g;
            sums[width] += *g * (*x - *centre);
        }

        public static void AddVector(float* x, float* g, float* centre, float* sums, int width)
        {
            Vector<float> gradient = Vector.Load(g);
            (Vector.Load(sums) + gradient).Store(sums);
            Vector.FusedMultiplyAdd(gradient, Vector.Load(x) - Vector.Load(centre), Vector.Load(sums + width)).Store(sums + width);
        }
    }

    private struct Args
    {
        public float* X;
        public float* GradY;
        public float* Mean;
        public float* Partial;
        public ChannelPattern Pattern;
    }
}
