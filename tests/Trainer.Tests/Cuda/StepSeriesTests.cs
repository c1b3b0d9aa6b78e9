using Gimbal.CudaSimulator;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;
using Dropout = Gimbal.Trainer.Layers.Dropout;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A card that keeps the pictures takes several steps in one call: nothing but the number of calls shows it.</summary>
[Collection(Simulator.Collection)]
public sealed class StepSeriesTests
{
    private const int Batch = 2;
    private const int Side = 8;
    private const int BatchesPerEpoch = 12;

    // What CudaPlan records of so small a step.
    private const int Length = 8;

    // A schedule that moves with each step and a random op: what a step takes from the host.
    private static readonly TrainingOptions s_options = new() { Batch = Batch, Epochs = 2, Seed = 3, HealthEvery = 0, PadCrop = 1, Flip = true, Schedule = ScheduleName.Cosine };

    [SimulatorTheory]
    [InlineData(0, 0)]
    [InlineData(5, 0)]
    [InlineData(0, 3)]
    [InlineData(4, 9)]
    public void Losses_readings_checkpoints_and_weights_are_those_of_single_steps(int healthEvery, int saveSteps)
    {
        TrainingOptions options = s_options with { HealthEvery = healthEvery };
        Outcome single = Train(PicturePlace.Batch, options, saveSteps);
        Outcome series = Train(PicturePlace.Card, options, saveSteps);

        Assert.Equal(single.Reports, series.Reports);
        Assert.Equal(single.Saved.Count, series.Saved.Count);
        Assert.All(single.Saved.Zip(series.Saved), pair => AssertSame(pair.First, pair.Second));
        // Epochs end with one each, and what is saved within one lies at the steps asked for.
        Assert.Equal(2 + (saveSteps == 0 ? 0 : Enumerable.Range(1, 2 * BatchesPerEpoch).Count(step => step % saveSteps == 0 && step % BatchesPerEpoch != 0)), series.Saved.Count);
        Assert.Equal(2 * BatchesPerEpoch + 2 + (healthEvery == 0 ? 0 : ((2 * BatchesPerEpoch) - 1) / healthEvery + 1), series.Reports.Count);
    }

    [SimulatorFact]
    public void Steps_are_called_together_and_waited_for_together()
    {
        List<(long Graphs, long Waits)> seen = [];
        Train(PicturePlace.Card, s_options, 0, _ => seen.Add((Simulator.Counter("graph_launches"), Simulator.Counter("waits"))));

        // The first epoch: eight steps are one graph; those behind them, a graph each, are queued before anybody waits for the eight.
        (long graphs, long waits) = seen[0];
        Assert.Equal(1 + BatchesPerEpoch - Length, graphs);
        Assert.All(seen[..Length], at => Assert.Equal((graphs, waits), at));
        Assert.All(seen[Length..BatchesPerEpoch], at => Assert.Equal((graphs, waits + 1), at));
    }

    [SimulatorTheory]
    [InlineData(PicturePlace.Card)]
    [InlineData(PicturePlace.Batch)]
    public void A_series_is_queued_behind_the_one_that_is_waited_for(PicturePlace place)
    {
        // One epoch of three series.
        TrainingOptions options = s_options with { Epochs = 1, Batch = 1 };
        List<(long Graphs, long Waits, long Calls)> seen = [];
        Train(place, options, 0, _ => seen.Add((Simulator.Counter("graph_launches"), Simulator.Counter("waits"), Simulator.Counter("calls"))));

        Assert.Equal(2, seen[0].Graphs);
        if (place == PicturePlace.Card)
        {
            // One upload, one graph, one copy of the results, an event and the wait for it.
            Assert.Equal(5, seen[Length].Calls - seen[0].Calls);
        }
        else
        {
            // For each step five uploads, of pictures, rows, labels, rate and random numbers, two launches, four copies of results, an event and the wait for it; and five calls
            // about the events between the upload of pictures and what is made of them.
            Assert.Equal(Length * 18, seen[Length].Calls - seen[0].Calls);
        }
    }

    [SimulatorTheory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_stop_saves_within_a_series_and_does_not_show(int stopAfter)
    {
        // Epochs of more than the two series that are queued before the first step reports.
        TrainingOptions options = s_options with { Batch = 1 };
        Outcome whole = Train(PicturePlace.Batch, options, 0);

        Outcome stopped = Train(PicturePlace.Card, options, 0, stopAfter: stopAfter);

        // What runs is awaited; steps that have not begun are taken back.
        Assert.Equal(2 * Length, stopped.StoppedAt);
        AssertSame(whole.Saved[^1], stopped.Saved[^1]);
        Assert.Equal(whole.Reports, stopped.Reports);
    }

    [SimulatorFact]
    public void Steps_that_are_taken_back_leave_no_trace()
    {
        Simulator.Reset();
        using CudaDevice card = new();
        TrainingGraph graph = TrainingGraph.Create(s_network, s_options.ToStep(Batch, null));
        using StateStore state = card.NewState(graph.Graph);
        state.Initialize(3);
        using TrainingStep step = new(graph, card, state, seed: 1);
        using PictureFeed feed = new(s_pictures.Train, Normalization.Of(s_pictures.Train), card, Batch);
        ImageBatch batch = First(feed);
        IReadOnlyDictionary<string, Tensor> before = state.ReadAll();
        for (int i = 0; i < Length - 1; i++)
        {
            step.Start(batch, 0.1, i);
        }

        Assert.Equal(Length - 1, step.Outstanding);
        step.TakeBack();

        Assert.Equal(0, step.Outstanding);
        Assert.Throws<InvalidOperationException>(() => step.Finish());
        SmallRun.AssertSameBits(before, state.ReadAll());
        // The control: a step that is not taken back is taken, and no other.
        step.Run(batch, 0.1, 0);
        Assert.Equal(1, state.Read("optimizer.count").Span[0]);
    }

    [SimulatorFact]
    public void Steps_are_refused_on_other_pictures_than_those_they_were_recorded_for()
    {
        Simulator.Reset();
        using CudaDevice card = new();
        TrainingGraph graph = TrainingGraph.Create(s_network, s_options.ToStep(Batch, null));
        using StateStore state = card.NewState(graph.Graph);
        using TrainingStep step = new(graph, card, state, seed: 1);
        Normalization normalization = Normalization.Of(s_pictures.Train);
        using PictureFeed feed = new(s_pictures.Train, normalization, card, Batch);
        using PictureFeed other = new(s_pictures.Train, normalization, card, Batch);
        step.Start(First(feed), 0, 0);

        Assert.Throws<InvalidOperationException>(() => step.Start(First(other), 0, 1));

        step.Start(First(feed), 0, 1);
    }

    [SimulatorTheory]
    [InlineData(NonFinitePolicy.Stop)]
    [InlineData(NonFinitePolicy.Skip)]
    public void A_step_that_is_not_finite_is_the_one_that_is_named(NonFinitePolicy policy)
    {
        // Each of two products grows with the other, until they are too large.
        TrainingOptions options = s_options with { NonFinite = policy, Optimizer = OptimizerName.Sgd, Lr = 9e5, Schedule = ScheduleName.Constant };
        Network steep = Network.Create("steep", new Sequential(new Conv2d(3, 4, 3, padding: 1), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10)), 3, Side);
        Outcome single = Train(PicturePlace.Batch, options, 0, network: steep);
        Outcome series = Train(PicturePlace.Card, options, 0, network: steep);

        Assert.True(single.Reports.Count > 1, "the first step is not one in a series");
        Assert.Equal(single.Reports, series.Reports);
        Assert.Equal(single.Failure, series.Failure);
        Assert.Equal(policy == NonFinitePolicy.Stop, series.Failure is not null);
        Assert.Equal(single.Skipped, series.Skipped);
        Assert.Equal(policy == NonFinitePolicy.Skip, series.Skipped > 0);
    }

    private static ImageBatch First(PictureFeed feed)
    {
        ImageBatch batch = feed.NewBatch(Batch);
        new BatchLoader(feed, Batch, Augmentation.None, 1).Load(0, 0, batch);
        return batch;
    }

    private static void AssertSame(SavedRun expected, SavedRun actual)
    {
        SmallRun.AssertSameBits(expected.State, actual.State);
        Assert.Equal(expected.Position with { Seconds = 0, History = [] }, actual.Position with { Seconds = 0, History = [] });
    }

    private static Outcome Train(PicturePlace place, TrainingOptions options, int saveSteps, Action<StepReport>? step = null, int stopAfter = int.MaxValue, Network? network = null)
    {
        Simulator.Reset();
        using CudaDevice card = new();
        Assert.Contains(Simulator.DeviceName, card.Description, StringComparison.Ordinal);
        using PictureDevice device = new(card, place);
        using CancellationTokenSource stop = new();
        Outcome outcome = new();
        RunCallbacks callbacks = new()
        {
            SaveSteps = saveSteps,
            Step = report =>
            {
                outcome.Reports.Add($"{report.Epoch} {report.Batch} {report.Loss:r} {report.GradientNorm:r} {report.LearningRate:r} {report.Accuracy:r}");
                step?.Invoke(report);
                if (outcome.Reports.Count == stopAfter)
                {
                    stop.Cancel();
                }
            },
            Health = reading => outcome.Reports.Add(string.Join(' ', reading.Layers)),
            Epoch = epoch => outcome.Reports.Add($"{epoch.TrainLoss:r} {epoch.TestLoss:r}"),
            Save = (captured, _) => outcome.Saved.Add(captured.Capture()),
        };
        using (TrainingRun run = new(network ?? s_network, s_pictures, options, device))
        {
            try
            {
                run.Run(callbacks, stop.Token);
                outcome.Skipped = run.Position.History.Sum(epoch => epoch.SkippedSteps);
            }
            catch (OperationCanceledException)
            {
                outcome.StoppedAt = (int)run.StepsDone;
            }
            catch (DivergedException e)
            {
                outcome.Failure = e.Message;
            }
        }

        if (outcome.StoppedAt > 0)
        {
            using TrainingRun rest = new(s_network, s_pictures, options, device);
            rest.Restore(outcome.Saved[^1].State, outcome.Saved[^1].Position);
            rest.Run(callbacks);
        }

        Assert.True(Simulator.Reports == 0, Simulator.LastReport);
        return outcome;
    }

    private static readonly Network s_network = Network.Create(
        "narrow", new Sequential(new Conv2d(3, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Flatten(), new Dropout(0.2f), new Linear(4, 10)), 3, Side);

    private static readonly DataSplits s_pictures = Pictures();

    private static DataSplits Pictures()
    {
        Random random = new(1);
        ImageSet Set(int count)
        {
            byte[] pixels = new byte[count * Side * Side * 3];
            random.NextBytes(pixels);
            return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], Side, Side, 3, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        }

        return new DataSplits("noise", Set(Batch * BatchesPerEpoch), Set(10), null, []);
    }

    /// <summary>What a run leaves behind.</summary>
    private sealed class Outcome
    {
        public List<string> Reports { get; } = [];

        public List<SavedRun> Saved { get; } = [];

        public string? Failure { get; set; }

        public int Skipped { get; set; }

        public int StoppedAt { get; set; }
    }
}
