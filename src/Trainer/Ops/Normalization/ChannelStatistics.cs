using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Ops;

/// <summary>The step that turns the chunks' moments into the statistics and coefficients of every channel.</summary>
internal unsafe struct ChannelStatistics
{
    public ChunkSums Sums;
    public int Channels;
    public int Rows;
    public float Epsilon;
    public float Momentum;
    public float* Gamma;
    public float* Beta;
    public float* OldMean;
    public float* OldVariance;
    public float* Mean;
    public float* InverseDeviation;
    public float* NextMean;
    public float* NextVariance;
    public float* Coefficients;

    /// <summary>Appends the step.</summary>
    public static void Emit(CpuSteps steps, in ChannelStatistics args) =>
        steps.Add("batch_normalization_statistics", &Finish, args, ChannelGroup.Count(args.Channels));

    private static void Finish(ChannelStatistics* args, int group, float* scratch)
    {
        int first = ChannelGroup.Start(group);
        int count = ChannelGroup.End(group, args->Channels) - first;
        Span<double> mean = stackalloc double[ChannelGroup.Size];
        Span<double> squares = stackalloc double[ChannelGroup.Size];
        ChannelMoments.Join(args->Sums, args->Channels, first, count, mean, squares);
        for (int c = 0; c < count; c++)
        {
            args->Set(first + c, mean[c], squares[c]);
        }
    }

    private readonly void Set(int c, double mean, double squares)
    {
        double count = Rows;
        double inverse = 1 / Math.Sqrt((squares / count) + Epsilon);
        float rounded = (float)mean;
        Mean[c] = rounded;
        InverseDeviation[c] = (float)inverse;
        float nextMean = (float)(((1.0 - Momentum) * OldMean[c]) + (Momentum * mean));
        float nextVariance = (float)(((1.0 - Momentum) * OldVariance[c]) + (Momentum * squares / (count - 1)));
        // A step that overflows is skipped, and must not leave its mark here: no later step could wipe it out.
        bool isFinite = float.IsFinite(nextMean) && float.IsFinite(nextVariance);
        NextMean[c] = isFinite ? nextMean : OldMean[c];
        NextVariance[c] = isFinite ? nextVariance : OldVariance[c];
        double scale = Gamma[c] * inverse;
        // What the mean lost by rounding goes into the shift.
        ChannelGroup.Set(Coefficients, Channels, c, rounded, (float)scale, (float)(Beta[c] - ((mean - rounded) * scale)));
    }
}

/// <summary>The step that turns the chunks' sums into the gradients of gamma and beta, and the coefficients of the gradient of x.</summary>
internal unsafe struct ChannelGradients
{
    public ChunkSums Sums;
    public int Channels;
    public int Rows;
    public float* Gamma;
    public float* Mean;
    public float* InverseDeviation;
    public float* GradGamma;
    public float* GradBeta;
    public float* Coefficients;

    /// <summary>Appends the step.</summary>
    public static void Emit(CpuSteps steps, in ChannelGradients args) =>
        steps.Add("batch_normalization_grad_channels", &Finish, args, ChannelGroup.Count(args.Channels));

    private static void Finish(ChannelGradients* args, int group, float* scratch)
    {
        int first = ChannelGroup.Start(group);
        int count = ChannelGroup.End(group, args->Channels) - first;
        Span<double> gradY = stackalloc double[ChannelGroup.Size];
        Span<double> product = stackalloc double[ChannelGroup.Size];
        NormalizationGradientSums.Join(args->Sums, args->Channels, first, count, gradY, product);
        for (int c = 0; c < count; c++)
        {
            args->Set(first + c, gradY[c], product[c]);
        }
    }

    private readonly void Set(int c, double gradY, double product)
    {
        double inverse = InverseDeviation[c];
        double scale = Gamma[c] * inverse;
        GradBeta[c] = (float)gradY;
        GradGamma[c] = (float)(product * inverse);
        ChannelGroup.Set(
            Coefficients,
            Channels,
            c,
            Mean[c],
            (float)scale,
            (float)(-scale * inverse * inverse * product / Rows),
            (float)(-scale * gradY / Rows));
    }
}
