using System.Numerics;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Ops;

/// <summary>Sums over the rows of a [rows, channels] matrix, for normalisations whose input no convolution has summed already.</summary>
internal static unsafe class NormalizationSums
{
    /// <summary>Appends what <see cref="ChannelMoments"/> joins.</summary>
    public static ChunkSums Moments(CpuSteps steps, ChannelPattern pattern, float* x)
    {
        Args args = new() { X = x, Pattern = pattern, Sums = Reserve(steps, pattern, ChannelMoments.Rows) };
        steps.Add("batch_normalization_moments", &MomentsChunk, args, pattern.Chunks, 3 * pattern.Width);
        return args.Sums;
    }

    /// <summary>Appends what <see cref="NormalizationGradientSums"/> joins.</summary>
    public static ChunkSums Gradient(CpuSteps steps, string name, ChannelPattern pattern, float* x, float* gradY, float* mean)
    {
        Args args = new() { X = x, GradY = gradY, Mean = mean, Pattern = pattern, Sums = Reserve(steps, pattern, NormalizationGradientSums.Rows) };
        steps.Add(name, &GradientChunk, args, pattern.Chunks, 3 * pattern.Width);
        return args.Sums;
    }

    private static ChunkSums Reserve(CpuSteps steps, in ChannelPattern pattern, int rows)
    {
        int floats = rows * pattern.Channels;
        return new ChunkSums((nint)steps.Scratch((long)pattern.Chunks * floats), pattern.Chunks, floats);
    }

    // Two passes over a chunk that stays in the cache: moments about the chunk's own mean lose nothing to a large offset.
    private static void MomentsChunk(Args* args, int chunk, float* scratch)
    {
        ChannelPattern pattern = args->Pattern;
        int channels = pattern.Channels;
        float* rows = args->Sums.Pointer + ((nint)chunk * args->Sums.ChunkFloats);
        float* centre = rows + channels;
        float* sums = scratch + pattern.Width;
        ChannelSums.Accumulate<Values>(pattern, chunk, args->X, args->X, scratch, sums);
        pattern.Fold(sums, centre);
        int count = pattern.RowsOf(chunk);
        for (int c = 0; c < channels; c++)
        {
            rows[c] = count;
            centre[c] /= count;
        }

        pattern.Expand(centre, scratch);
        ChannelSums.Accumulate<SquaredOffsets>(pattern, chunk, args->X, args->X, scratch, sums);
        pattern.Fold(sums, centre + channels);
        pattern.Fold(sums + pattern.Width, centre + (2 * (nint)channels));
    }

    private static void GradientChunk(Args* args, int chunk, float* scratch)
    {
        ChannelPattern pattern = args->Pattern;
        float* sums = scratch + pattern.Width;
        float* rows = args->Sums.Pointer + ((nint)chunk * args->Sums.ChunkFloats);
        pattern.Expand(args->Mean, scratch);
        ChannelSums.Accumulate<GradientTerms>(pattern, chunk, args->X, args->GradY, scratch, sums);
        pattern.Fold(sums, rows);
        pattern.Fold(sums + pattern.Width, rows + pattern.Channels);
    }

    private readonly struct Values : IChannelTerms
    {
        public static int Count => 1;

        public static void Add(float* x, float* g, float* centre, float* sums, int width) => *sums += *x;

        public static void AddVector(float* x, float* g, float* centre, float* sums, int width) =>
            (Vector.Load(sums) + Vector.Load(x)).Store(sums);
    }

    private readonly struct SquaredOffsets : IChannelTerms
    {
        public static int Count => 2;

        public static void Add(float* x, float* g, float* centre, float* sums, int width)
        {
            float difference = *x - *centre;
            sums[0] += difference;
            sums[width] += difference * difference;
        }

        public static void AddVector(float* x, float* g, float* centre, float* sums, int width)
        {
            Vector<float> difference = Vector.Load(x) - Vector.Load(centre);
            (Vector.Load(sums) + difference).Store(sums);
            Vector.FusedMultiplyAdd(difference, difference, Vector.Load(sums + width)).Store(sums + width);
        }
    }

    private readonly struct GradientTerms : IChannelTerms
    {
        public static int Count => 2;

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
        public ChannelPattern Pattern;
        public ChunkSums Sums;
    }
}
