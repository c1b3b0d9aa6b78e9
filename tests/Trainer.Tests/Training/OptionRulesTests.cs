using System.Text.Json;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>Options are checked before anything starts, and mean what they say.</summary>
public sealed class OptionRulesTests
{
    /// <summary>Options with one value out of range, and the flag that must be named.</summary>
    public static TheoryData<string, TrainingOptions> OutOfRange => new()
    {
        { "--size", new() { Size = 4 } },
        { "--epochs", new() { Epochs = 0 } },
        { "--batch", new() { Batch = -1 } },
        { "--lr", new() { Lr = -0.1 } },
        { "--momentum", new() { Momentum = 1 } },
        { "--nesterov", new() { Nesterov = true, Optimizer = OptimizerName.Adam } },
        { "--weight-decay", new() { WeightDecay = -1 } },
        { "--step-epochs", new() { StepEpochs = 0 } },
        { "--gamma", new() { Gamma = 0 } },
        { "--warmup-epochs", new() { WarmupEpochs = 11 } },
        { "--label-smoothing", new() { LabelSmoothing = 1 } },
        { "--dropout", new() { Dropout = 1 } },
        { "--ema", new() { Ema = 1 } },
        { "--pad-crop", new() { PadCrop = -1 } },
        { "--cutout", new() { Cutout = -1 } },
        { "--validation", new() { Validation = 1 } },
        { "--test-fraction", new() { TestFraction = 0 } },
        { "--limit", new() { Limit = 0 } },
        { "--threads", new() { Threads = -1 } },
        { "--device", new() { Device = "tpu" } },
        { "--precision", new() { Precision = "fp8" } },
        { "--precision", new() { Precision = "bf16" } },
        { "--clip", new() { Clip = "norm:0" } },
        { "--clip", new() { Clip = "norm:much" } },
        { "--init", new() { Init = "he" } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void An_option_out_of_range_is_named(string flag, TrainingOptions options) =>
        Assert.StartsWith(flag, Assert.Throws<OptionsException>(options.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void The_defaults_are_in_range()
    {
        new TrainingOptions().Validate();
        new TrainingOptions().Resolve().Validate();
    }

    [Theory]
    [InlineData("none", ClipMode.None, 0)]
    [InlineData("norm:1.5", ClipMode.Norm, 1.5f)]
    [InlineData("value:0.1", ClipMode.Value, 0.1f)]
    [InlineData("agc:0.01", ClipMode.Adaptive, 0.01f)]
    public void Clipping_is_read(string text, ClipMode mode, float limit) =>
        Assert.Equal(new GradientClip(mode, limit), new TrainingOptions { Clip = text }.ToClip());

    [Theory]
    [InlineData(OptimizerName.Sgd, typeof(Sgd), 0.1, 0.0001f)]
    [InlineData(OptimizerName.Adam, typeof(Adam), 0.001, 0f)]
    [InlineData(OptimizerName.AdamW, typeof(AdamW), 0.01, 0.01f)]
    [InlineData(OptimizerName.Rmsprop, typeof(Rmsprop), 0.001, 0f)]
    public void Each_optimiser_has_its_own_defaults(OptimizerName name, Type type, double rate, float decay)
    {
        TrainingOptions options = new TrainingOptions { Optimizer = name }.Resolve();

        Assert.IsType(type, options.ToOptimizer());
        Assert.Equal(rate, options.Lr);
        Assert.Equal(decay, options.ToOptimizer().WeightDecay);
    }

    [Fact]
    public void What_is_given_wins_over_every_default()
    {
        TrainingOptions given = new() { Optimizer = OptimizerName.Sgd, Lr = 0.3, Momentum = 0.5f, Nesterov = true, WeightDecay = 0.2f, PadCrop = 1, Flip = true };

        Assert.Equal(given, given.Resolve() with { StepEpochs = given.StepEpochs });
        Assert.Equal(new Sgd(0.5f, true, 0.2f), given.Resolve().ToOptimizer());
    }

    [Fact]
    public void An_initializer_is_read() =>
        Assert.Equal(new Gimbal.Trainer.Layers.Normal(0.5f), new TrainingOptions { Init = "normal:0.5" }.ToInitializer());

    [Fact]
    public void Options_survive_their_file()
    {
        TrainingOptions options = new TrainingOptions { Clip = "agc:0.02", Optimizer = OptimizerName.Rmsprop, Schedule = ScheduleName.Step, Seed = ulong.MaxValue, Init = "orthogonal" }.Resolve();

        string text = JsonSerializer.Serialize(options, OptionNames.Json);

        Assert.Contains("\"weight-decay\"", text, StringComparison.Ordinal);
        Assert.Equal(options, JsonSerializer.Deserialize<TrainingOptions>(text, OptionNames.Json));
    }
}
