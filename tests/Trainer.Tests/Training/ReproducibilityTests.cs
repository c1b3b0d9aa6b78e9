using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>The same options, data and seed give the same bits: on any number of threads, and after any stop.</summary>
public sealed class ReproducibilityTests
{
    // Shapes that do not divide evenly among threads: depthwise and grouped filters, strides, dilation, odd channels.
    private static readonly Layer s_awkward = new Sequential(
        new Conv2d(3, 13, 5, stride: 2, padding: 2), new LeakyReLU(), new BatchNorm2d(13),
        new Conv2d(13, 13, 3, padding: 1, groups: 13), new Tanh(), new AvgPool2d(2),
        new Conv2d(13, 26, 3, padding: 2, dilation: 2, groups: 13), new Sigmoid(), new MaxPool2d(3, stride: 2),
        new Flatten(), new Dropout(0.3f), new Linear(26 * 3 * 3, 10));

    [Theory]
    [InlineData("resnet8")]
    [InlineData("simple-cnn")]
    [InlineData("awkward")]
    public void The_weights_do_not_depend_on_the_number_of_threads(string model)
    {
        TrainingOptions options = SmallRun.Options with { Model = model, Epochs = 1 };
        Network network = model == "awkward" ? Network.Create(model, s_awkward, 3, 32) : SmallRun.Model(options);
        IReadOnlyDictionary<string, Tensor> expected = SmallRun.Train(options, network, SmallRun.Data(96), 1);

        foreach (int threads in new[] { 2, 4, 7 })
        {
            SmallRun.AssertSameBits(expected, SmallRun.Train(options, network, SmallRun.Data(96), threads));
        }
    }

    [Fact]
    public void Another_seed_gives_other_weights()
    {
        TrainingOptions options = SmallRun.Options with { Epochs = 1 };
        Network network = SmallRun.Model(options);
        IReadOnlyDictionary<string, Tensor> one = SmallRun.Train(options, network, SmallRun.Data(64), 2);
        IReadOnlyDictionary<string, Tensor> other = SmallRun.Train(options with { Seed = 4 }, network, SmallRun.Data(64), 2);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => SmallRun.AssertSameBits(one, other));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void A_run_that_is_stopped_and_restored_ends_as_if_it_had_not_been(int stopAfter)
    {
        Network network = SmallRun.Model(SmallRun.Options);
        IReadOnlyDictionary<string, Tensor> expected = SmallRun.Train(SmallRun.Options, network, SmallRun.Data(), 2);
        using CpuDevice device = new(2);
        using CancellationTokenSource stop = new();
        SavedRun? saved = null;
        int steps = 0;
        using (TrainingRun first = new(network, SmallRun.Data(), SmallRun.Options, device))
        {
            RunCallbacks callbacks = new()
            {
                Step = _ => { if (++steps == stopAfter) { stop.Cancel(); } },
                Save = (run, _) => saved = run.Capture(),
            };
            Assert.Throws<OperationCanceledException>(() => first.Run(callbacks, stop.Token));
        }

        using TrainingRun second = new(network, SmallRun.Data(), SmallRun.Options, device);
        second.Restore(saved!.State, saved.Position);
        second.EstimateEpochSeconds();
        second.Run(new RunCallbacks());

        SmallRun.AssertSameBits(expected, second.CaptureState());
    }

    [Fact]
    public void Estimating_the_time_changes_nothing()
    {
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device);
        IReadOnlyDictionary<string, Tensor> before = run.CaptureState();

        Assert.True(run.EstimateEpochSeconds() > 0);

        SmallRun.AssertSameBits(before, run.CaptureState());
    }
}
