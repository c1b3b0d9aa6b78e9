using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record BatchNormalization
{
    // Rows of the partial results of one chunk.
    private const int Centre = 0;
    private const int Sum = 1;
    private const int Squares = 2;
    private const int Partials = 3;

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(1).Count;
        ChannelPattern pattern = new(call.InputShape(0).Count / channels, channels);
        Args args = new()
        {
            X = call.Input(0),
            Gamma = call.Input(1),
            Beta = call.Input(2),
            OldMean = call.Input(3),
            OldVariance = call.Input(4),
            Mean = call.Output(1),
            InverseDeviation = call.Output(2),
            NextMean = call.Output(3),
            NextVariance = call.Output(4),
            Partial = call.Steps.Scratch((long)pattern.Chunks * Partials * channels),
            Coefficients = call.Steps.Scratch((long)NormalizeChannels.Coefficients * pattern.Width),
            Pattern = pattern,
            Epsilon = Epsilon,
            Momentum = Momentum,
        };
        call.Steps.Add("batch_normalization_moments", &SumMoments, args, pattern.Chunks, 3 * pattern.Width);
        call.Steps.Add("batch_normalization_statistics", &MergeMoments, args, ChannelGroup.Count(channels));
        ChannelMap.Emit<NormalizeChannels>(call.Steps, "batch_normalization_forward", pattern, args.X, null, args.Coefficients, call.Output(0));
    }

    // Two passes over a chunk that stays in the cache: moments about the chunk's own mean lose nothing to a large offset.
    private static unsafe void SumMoments(Args* args, int chunk, float* scratch)
    {
        ChannelPattern pattern = args->Pattern;
        int channels = pattern.Channels;
        float* partial = args->Partial + ((long)chunk * Partials * channels);
        float* centre = partial + (Centre * channels);
        float* sums = scratch + pattern.Width;
        ChannelSums.Accumulate<Values>(pattern, chunk, args->X, args->X, scratch, sums);
        pattern.Fold(sums, centre);
        int rows = pattern.RowsOf(chunk);
        for (int c = 0; c < channels; c++)
        {
            centre[c] /= rows;
        }

        pattern.Expand(centre, scratch);
        ChannelSums.Accumulate<Moments>(pattern, chunk, args->X, args->X, scratch, sums);
        pattern.Fold(sums, partial + (Sum * channels));
        pattern.Fold(sums + pattern.Width, partial + (Squares * channels));
    }

    // Chan, Golub and LeVeque's rule for joining the moments of two samples, chunk after chunk.
    private static unsafe void MergeMoments(Args* args, int group, float* scratch)
    {
        ChannelPattern pattern = args->Pattern;
        int channels = pattern.Channels;
        for (int c = ChannelGroup.Start(group); c < ChannelGroup.End(group, channels); c++)
        {
            double count = 0;
            double mean = 0;
            double squares = 0;
            for (int chunk = 0; chunk < pattern.Chunks; chunk++)
            {
                float* partial = args->Partial + ((long)chunk * Partials * channels) + c;
                double rows = pattern.RowsOf(chunk);
                double offset = partial[Sum * channels] / rows;
                double difference = partial[Centre * channels] + offset - mean;
                double share = rows / (count + rows);
                squares += partial[Squares * channels] - (rows * offset * offset) + (difference * difference * count * share);
                mean += difference * share;
                count += rows;
            }

            SetStatistics(args, c, mean, squares);
        }
    }

    private static unsafe void SetStatistics(Args* args, int c, double mean, double squares)
    {
        double count = args->Pattern.Rows;
        double inverse = 1 / Math.Sqrt((squares / count) + args->Epsilon);
        float rounded = (float)mean;
        args->Mean[c] = rounded;
        args->InverseDeviation[c] = (float)inverse;
        float nextMean = (float)(((1.0 - args->Momentum) * args->OldMean[c]) + (args->Momentum * mean));
        float nextVariance = (float)(((1.0 - args->Momentum) * args->OldVariance[c]) + (args->Momentum * squares / (count - 1)));
        // A step that overflows is skipped, and must not leave its mark here: no later step could wipe it out.
        bool isFinite = float.IsFinite(nextMean) && float.IsFinite(nextVariance);
        args->NextMean[c] = isFinite ? nextMean : args->OldMean[c];
        args->NextVariance[c] = isFinite ? nextVariance : args->OldVariance[c];
        double scale = args->Gamma[c] * inverse;
        // What the mean lost by rounding goes into the shift.
        ChannelGroup.Set(args->Pattern, args->Coefficients, c, rounded, (float)scale, (float)(args->Beta[c] - ((mean - rounded) * scale)));
    }

    private readonly struct Values : IChannelTerms
    {
        public static int Count => 1;

        public static unsafe void Add(float* x, float* g, float* centre, float* sums, int width) => *sums += *x;

        public static unsafe void AddVector(float* x, float* g, float* centre, float* sums, int width) =>
            (Vector.Load(sums) + Vector.Load(x)).Store(sums);
    }

    private readonly struct Moments : IChannelTerms
    {
        public static int Count => 2;

        public static unsafe void Add(float* x, float* g, float* centre, float* sums, int width)
        {
            float difference = *x - *centre;
            sums[0] += difference;
            sums[width] += difference * difference;
        }

        public static unsafe void AddVector(float* x, float* g, float* centre, float* sums, int width)
        {
            Vector<float> difference = Vector.Load(x) - Vector.Load(centre);
            (Vector.Load(sums) + difference).Store(sums);
            Vector.FusedMultiplyAdd(difference, difference, Vector.Load(sums + width)).Store(sums + width);
        }
    }

    private unsafe struct Args
    {
        public float* X;
        public float* Gamma;
        public float* Beta;
        public float* OldMean;
        public float* OldVariance;
        public float* Mean;
        public float* InverseDeviation;
        public float* NextMean;
        public float* NextVariance;
        public float* Partial;
        public float* Coefficients;
        public ChannelPattern Pattern;
        public float Epsilon;
        public float Momentum;
    }
}
