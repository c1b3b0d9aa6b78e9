using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;
using Microsoft.Extensions.Logging;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>What a run reports, chooses and refuses.</summary>
public sealed class TrainingRunTests
{
    // Enough to make the first update of any network overflow.
    private static readonly TrainingOptions s_wild = SmallRun.Options with { Model = "mlp", Dropout = 0, Lr = 9e5, Schedule = ScheduleName.Constant, Clip = "none", Ema = 0 };

    [Fact]
    public void A_network_learns_a_few_pictures_by_heart()
    {
        TrainingOptions options = new() { Batch = 32, Epochs = 40, Lr = 1e-2, Model = "resnet8" };
        List<EpochResult> epochs = [];
        using CpuDevice device = new();
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data(64, 10), options, device);

        run.Run(new RunCallbacks { Epoch = epochs.Add });

        Assert.Equal(Enumerable.Range(1, 40), epochs.Select(e => e.Epoch));
        Assert.True(epochs[^1].TrainLoss < 0.1 * epochs[0].TrainLoss, $"loss {epochs[0].TrainLoss} to {epochs[^1].TrainLoss}");
        Assert.Equal(1, epochs[^1].TrainAccuracy);
        Assert.True(run.IsComplete);
    }

    [Fact]
    public void Whitening_changes_the_first_filter_alone_and_its_average()
    {
        TrainingOptions options = SmallRun.Options with { Model = "resnet8" };
        using CpuDevice device = new();
        using TrainingRun plain = new(SmallRun.Model(options), SmallRun.Data(), options, device);
        using TrainingRun whitened = new(SmallRun.Model(options), SmallRun.Data(), options with { Whiten = true }, device);

        IReadOnlyDictionary<string, Tensor> before = plain.CaptureState();

        Assert.Equal(
            ["conv1.weight", $"{TrainingGraph.EmaPrefix}conv1.weight"],
            whitened.CaptureState().Where(pair => !pair.Value.Span.SequenceEqual(before[pair.Key].Span)).Select(pair => pair.Key).Order());
        Assert.Equal(whitened.CaptureState()["conv1.weight"].Span.ToArray(), whitened.CaptureState()[$"{TrainingGraph.EmaPrefix}conv1.weight"].Span.ToArray());
    }

    [Fact]
    public void Whitening_needs_a_convolution_in_front()
    {
        TrainingOptions options = SmallRun.Options with { Model = "mlp", Whiten = true };
        using CpuDevice device = new();

        OptionsException e = Assert.Throws<OptionsException>(() => new TrainingRun(SmallRun.Model(options), SmallRun.Data(), options, device));

        Assert.Equal("--whiten: needs a model whose first layer is a convolution; that of mlp is not", e.Message);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(TrainingRun.MeasuredImages - 1, false)]
    [InlineData(TrainingRun.MeasuredImages, true)]
    public void Readings_look_at_so_many_images_of_a_larger_batch(int measured, bool isThatOfRun)
    {
        const int Batch = TrainingRun.MeasuredImages + 8;
        TrainingOptions options = new TrainingOptions { Model = "resnet8", Batch = Batch, Epochs = 1, Seed = 3 }.Resolve();
        DataSplits data = SmallRun.Data(Batch, 10);
        using CpuDevice device = new();
        List<HealthReading> readings = [];
        using TrainingRun run = new(SmallRun.Model(options), data, options, device);
        run.Run(new RunCallbacks { Health = readings.Add });

        TrainingGraph graph = TrainingGraph.Create(SmallRun.Model(options), options.ToStep(Batch, null) with { MeasuredImages = measured });
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(options.Seed);
        using TrainingStep step = new(graph, device, state, options.Seed);
        using PictureFeed feed = new(data.Train, run.Normalization);
        ImageBatch batch = feed.NewBatch(Batch);
        new BatchLoader(feed, Batch, Augmentation.None, options.Seed).Load(0, 0, batch);
        step.Run(batch, 0, 0, isMeasured: true);

        Assert.Equal(isThatOfRun, step.Health.Layers.Select(layer => layer.Activation).SequenceEqual(Assert.Single(readings).Layers.Select(layer => layer.Activation)));
    }

    [Fact]
    public void Every_step_is_reported_once_with_its_position()
    {
        List<StepReport> steps = [];
        using CpuDevice device = new();
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(100), SmallRun.Options, device);

        run.Run(new RunCallbacks { Step = steps.Add });

        // 100 pictures are three batches of 32; the remainder is dropped.
        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)], steps.Select(s => (s.Epoch, s.Batch)));
        Assert.All(steps, s => Assert.True(s is { Batches: 3, Loss: > 0, GradientNorm: > 0, ImagesPerSecond: > 0 }));
    }

    [Theory]
    [InlineData(32)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Evaluation_counts_every_picture_whatever_the_batch(int batch)
    {
        TrainingOptions options = SmallRun.Options with { Epochs = 1 };
        using CpuDevice device = new(2);
        using TrainingRun reference = new(SmallRun.Model(options), SmallRun.Data(), options with { Batch = 50 }, device);
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data(), options with { Batch = batch }, device);
        IReadOnlyDictionary<string, Tensor> weights = TrainingRun.Deployed(reference.CaptureState());

        (double expectedLoss, double expectedAccuracy) = reference.Evaluate(SmallRun.Data().Test, weights);
        (double loss, double accuracy) = run.Evaluate(SmallRun.Data().Test, weights);

        Assert.Equal(expectedAccuracy, accuracy);
        // Sums in fp32 over batches of other sizes.
        Assert.Equal(expectedLoss, loss, 1e-5);
    }

    [Fact]
    public void With_averages_those_are_evaluated_and_deployed()
    {
        EpochResult? last = null;
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device);
        run.Run(new RunCallbacks { Epoch = epoch => last = epoch });

        IReadOnlyDictionary<string, Tensor> state = run.CaptureState();
        IReadOnlyDictionary<string, Tensor> deployed = TrainingRun.Deployed(state);

        Assert.Equal(state["ema.conv1.weight"].Span.ToArray(), deployed["conv1.weight"].Span.ToArray());
        Assert.NotEqual(state["conv1.weight"].Span.ToArray(), deployed["conv1.weight"].Span.ToArray());
        Assert.Equal((last!.TestLoss, last.TestAccuracy), run.Evaluate(SmallRun.Data().Test, deployed));
        Assert.DoesNotContain(deployed.Keys, name => name.StartsWith("optimizer.", StringComparison.Ordinal) || name.StartsWith("ema.", StringComparison.Ordinal));
    }

    [Fact]
    public void The_best_epoch_is_chosen_on_the_held_out_pictures()
    {
        DataSplits data = SmallRun.Data(200);
        (ImageSource train, ImageSource held) = ImageSubset.Split(data.Train, 0.25, 1);
        TrainingOptions options = SmallRun.Options with { Epochs = 4, Ema = 0 };
        List<EpochResult> epochs = [];
        List<bool> best = [];
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(options), data with { Train = train, Validation = held }, options, device);

        run.Run(new RunCallbacks { Epoch = epochs.Add, Save = (_, isBest) => best.Add(isBest) });

        EpochResult chosen = epochs.OrderByDescending(e => e.ValidationAccuracy).ThenBy(e => e.Epoch).First();
        Assert.Equal(chosen.Epoch, run.Position.BestEpoch);
        Assert.Equal(chosen.Epoch - 1, best.LastIndexOf(true));
    }

    [Fact]
    public void A_loss_that_is_not_finite_stops_the_run_with_layer_and_step()
    {
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(s_wild), SmallRun.Data(), s_wild, device);

        DivergedException error = Assert.Throws<DivergedException>(() => run.Run(new RunCallbacks()));

        Assert.Matches(@"step \d+", error.Message);
        Assert.Contains("fc", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("resnet8")]
    public void Skipped_steps_leave_weights_and_running_statistics_alone_and_are_counted_and_logged(string model)
    {
        List<EpochResult> epochs = [];
        LineLogger logger = new();
        TrainingOptions options = s_wild with { Model = model, NonFinite = NonFinitePolicy.Skip, Epochs = 3 };
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data(), options, device);

        run.Run(new RunCallbacks { Epoch = epochs.Add, Logger = logger });

        Assert.True(epochs[^1].SkippedSteps > 0);
        string[] warnings = [.. logger.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text)];
        Assert.Equal(epochs.Sum(e => e.SkippedSteps), warnings.Length);
        Assert.StartsWith("step ", warnings[0], StringComparison.Ordinal);
        Assert.All(run.CaptureState().Values, tensor => Assert.DoesNotContain(tensor.Span.ToArray(), value => !float.IsFinite(value)));
    }

    [Fact]
    public void Progress_is_told_after_every_step_and_every_epoch_and_goes_on_where_a_run_does()
    {
        Heard heard = new();
        LineLogger logger = new();
        List<EpochResult> epochs = [];
        SavedRun? saved = null;
        using CancellationTokenSource stop = new();
        using CpuDevice device = new(2);
        using (TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device))
        {
            RunCallbacks callbacks = new()
            {
                Progress = heard,
                Logger = logger,
                Epoch = epochs.Add,
                Save = (at, _) => saved = at.Capture(),
                Step = step => (step is { Epoch: 2, Batch: 2 } ? stop : null)?.Cancel(),
            };
            Assert.Throws<OperationCanceledException>(() => run.Run(callbacks, stop.Token));
        }

        // Two epochs of five steps; the first is told once more when it is evaluated.
        Assert.Equal([1, 2, 3, 4, 5, 5, 6, 7], heard.Told.Select(told => told.Done));
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.6, 0.7], heard.Told.Select(told => told.Share));
        Assert.All(heard.Told, told => Assert.True(told is { Total: 10, Epochs: 2, Step.Loss: > 0 } && told.Left > TimeSpan.Zero));
        Assert.Equal(epochs, heard.Told.Where((_, i) => i == 5).Select(told => told.Epoch!));
        Assert.Equal(1, heard.Told.Count(told => told.Epoch is not null));
        Assert.Equal(["resnet8: 2 epochs of 5 steps, 160 images; 0 steps done", epochs[0].ToString(), "stopped after 7 steps"], logger.Lines.Select(line => line.Text));

        heard.Told.Clear();
        using TrainingRun resumed = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device);
        resumed.Restore(saved!.State, saved.Position);
        resumed.Run(new RunCallbacks { Progress = heard });

        Assert.Equal([8, 9, 10, 10], heard.Told.Select(told => told.Done));
        Assert.Equal((1, TimeSpan.Zero, 2), (heard.Told[^1].Share, heard.Told[^1].Left, heard.Told[^1].Epoch!.Epoch));
    }

    [Fact]
    public void A_network_that_does_not_fit_the_pictures_is_refused()
    {
        Network wrong = Network.Create("wrong", new Sequential(new Flatten(), new Linear(3 * 16 * 16, 10)), 3, 16);
        using CpuDevice device = new(1);

        ShapeException error = Assert.Throws<ShapeException>(() => new TrainingRun(wrong, SmallRun.Data(), SmallRun.Options, device));

        Assert.Contains("wrong takes (3, 16, 16)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_pictures_that_do_not_fit_the_network_are_refused()
    {
        DataSplits data = SmallRun.Data() with { Test = new ImageSet(new byte[2 * 16 * 16 * 3], [0, 1], 16, 16, 3, SmallRun.Data().Train.Classes) };
        using CpuDevice device = new(1);

        ShapeException error = Assert.Throws<ShapeException>(() => new TrainingRun(SmallRun.Model(SmallRun.Options), data, SmallRun.Options, device));

        Assert.Contains("the data has (3, 16, 16)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_memory_cannot_hold_is_refused_ahead_of_the_allocation()
    {
        InsufficientMemoryException error = Assert.Throws<InsufficientMemoryException>(() => new CpuMemory(1L << 50));

        Assert.Contains("take a smaller batch", error.Message, StringComparison.Ordinal);
    }

    private sealed class Heard : IProgress<TrainingProgress>
    {
        public List<TrainingProgress> Told { get; } = [];

        public void Report(TrainingProgress value) => Told.Add(value);
    }

    private sealed class LineLogger : ILogger
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
