using System.Globalization;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>Checks the options and turns them into what they stand for.</summary>
public static class OptionRules
{
    private const int LargestImage = 1024;

    /// <summary>Checks every range that needs no data.</summary>
    /// <exception cref="OptionsException">The first option that is out of range.</exception>
    public static void Validate(this TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(options.Size is null or (>= 8 and <= LargestImage), "--size", $"{options.Size} is not in 8 to {LargestImage} pixels");
        Require(options.Epochs is >= 1 and <= 100_000, "--epochs", $"{options.Epochs} is not in 1 to 100000");
        Require(options.Batch is >= 1 and <= 65_536, "--batch", $"{options.Batch} is not in 1 to 65536");
        Require(options.Lr is null or (>= 0 and < 1e6), "--lr", $"{Text(options.Lr)} is not a number of 0 or more");
        Require(options.Momentum is null or (>= 0 and < 1), "--momentum", $"{Text(options.Momentum)} is not in 0 to below 1");
        Require(!options.Nesterov || (options.Optimizer == OptimizerName.Sgd && options.Momentum is null or > 0), "--nesterov", "needs sgd with momentum");
        Require(options.WeightDecay is null or (>= 0 and < 1e6f), "--weight-decay", $"{Text(options.WeightDecay)} is not a number of 0 or more");
        Require(options.StepEpochs is null or > 0, "--step-epochs", $"{Text(options.StepEpochs)} is not above 0");
        Require(options.Gamma is > 0 and <= 1, "--gamma", $"{Text(options.Gamma)} is not above 0 and at most 1");
        Require(options.WarmupEpochs >= 0 && options.WarmupEpochs <= options.Epochs, "--warmup-epochs", $"{Text(options.WarmupEpochs)} is not in 0 to {options.Epochs}");
        Require(options.LabelSmoothing is >= 0 and < 1, "--label-smoothing", $"{Text(options.LabelSmoothing)} is not in 0 to below 1");
        Require(options.Dropout is >= 0 and < 1, "--dropout", $"{Text(options.Dropout)} is not in 0 to below 1");
        Require(options.Ema is >= 0 and < 1, "--ema", $"{Text(options.Ema)} is not in 0 to below 1");
        Require(options.PadCrop is null or (>= 0 and <= 64), "--pad-crop", $"{options.PadCrop} is not in 0 to 64 pixels");
        Require(options.Cutout is >= 0 and <= LargestImage, "--cutout", $"{options.Cutout} is not in 0 to {LargestImage} pixels");
        Require(options.Validation is >= 0 and < 1, "--validation", $"{Text(options.Validation)} is not in 0 to below 1");
        Require(options.TestFraction is > 0 and < 1, "--test-fraction", $"{Text(options.TestFraction)} is not between 0 and 1");
        Require(options.Limit is null or >= 1, "--limit", $"{options.Limit} is not 1 or more");
        Require(options.HealthEvery is >= 0 and <= 1_000_000, "--health-every", $"{options.HealthEvery} is not in 0 to 1000000 steps");
        Require(options.Threads is >= 0 and <= 1024, "--threads", $"{options.Threads} is not in 0 to 1024");
        Require(options.Device is "auto" or "cpu" or "cuda", "--device", $"'{options.Device}' is not auto, cpu or cuda");
        Require(options.ToPrecision() == Precision.Float32 || options.Device == "cuda", "--precision", "bf16 needs --device cuda; the CPU takes fp32");
        _ = options.ToClip();
        _ = options.ToInitializer();
    }

    /// <summary>Reads <c>--clip</c>.</summary>
    /// <exception cref="OptionsException">It cannot be read.</exception>
    public static GradientClip ToClip(this TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string[] parts = options.Clip.Split(':', 2);
        if (options.Clip == "none")
        {
            return default;
        }

        ClipMode? mode = parts[0] switch { "norm" => ClipMode.Norm, "value" => ClipMode.Value, "agc" => ClipMode.Adaptive, _ => null };
        return mode is { } known && parts.Length == 2
            && float.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out float limit) && limit > 0 && float.IsFinite(limit)
                ? new GradientClip(known, limit)
                : throw new OptionsException("--clip", $"'{options.Clip}' is not none, norm:X, value:X or agc:X with X above 0");
    }

    /// <summary>Reads <c>--precision</c>.</summary>
    /// <exception cref="OptionsException">It cannot be read.</exception>
    public static Precision ToPrecision(this TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Precision switch
        {
            "fp32" => Precision.Float32,
            "bf16" => Precision.Bfloat16,
            _ => throw new OptionsException("--precision", $"'{options.Precision}' is not fp32 or bf16"),
        };
    }

    /// <summary>Reads <c>--init</c>; null keeps the model's own.</summary>
    /// <exception cref="OptionsException">It cannot be read.</exception>
    public static Initializer? ToInitializer(this TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return options.Init is null ? null : Initializers.Parse(options.Init);
        }
        catch (FormatException e)
        {
            throw new OptionsException("--init", e.Message);
        }
    }

    /// <summary>The optimiser of resolved options.</summary>
    public static Optimizer ToOptimizer(this TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (float momentum, float decay) = (options.Momentum ?? 0, options.WeightDecay ?? 0);
        return options.Optimizer switch
        {
            OptimizerName.Sgd => new Sgd(momentum, options.Nesterov, decay),
            OptimizerName.Adam => new Adam(WeightDecay: decay),
            OptimizerName.AdamW => new AdamW(WeightDecay: decay),
            OptimizerName.Rmsprop => new Rmsprop(Momentum: momentum, WeightDecay: decay),
            _ => throw new OptionsException("--optimizer", $"{options.Optimizer} is unknown"),
        };
    }

    /// <summary>The step of resolved options.</summary>
    /// <param name="options">Resolved options.</param>
    /// <param name="batch">Images per step; fewer than the options ask for where there are no more.</param>
    /// <param name="classWeights">Weight of each class in the loss; null: all the same.</param>
    public static StepOptions ToStep(this TrainingOptions options, int batch, IReadOnlyList<float>? classWeights)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new StepOptions(
            batch, options.ToOptimizer(), options.ToClip(), options.LabelSmoothing, classWeights, options.Ema > 0 ? options.Ema : null, options.ToPrecision());
    }

    /// <summary>The schedule of resolved options.</summary>
    /// <param name="options">Resolved options.</param>
    /// <param name="stepsPerEpoch">Steps of one epoch, 1 or more.</param>
    public static Schedule ToSchedule(this TrainingOptions options, int stepsPerEpoch)
    {
        ArgumentNullException.ThrowIfNull(options);
        double rate = options.Lr ?? 0;
        long warmup = (long)Math.Round(options.WarmupEpochs * stepsPerEpoch);
        long total = (long)options.Epochs * stepsPerEpoch;
        return options.Schedule switch
        {
            ScheduleName.Constant => new ConstantSchedule(rate, warmup),
            ScheduleName.Step => new StepSchedule(rate, Math.Max(1, (long)Math.Round((options.StepEpochs ?? 1) * stepsPerEpoch)), options.Gamma, warmup),
            ScheduleName.Cosine => new CosineSchedule(rate, total, 0, warmup),
            ScheduleName.OneCycle => new OneCycleSchedule(rate, total, warmup),
            _ => throw new OptionsException("--schedule", $"{options.Schedule} is unknown"),
        };
    }

    private static string Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture) ?? "";

    private static void Require(bool holds, string option, string otherwise)
    {
        if (!holds)
        {
            throw new OptionsException(option, otherwise);
        }
    }
}
