using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>What .NET's own listeners hear of a run.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public void The_meter_measures_every_step_and_every_epoch()
    {
        List<(string Name, double Value, object? Set)> heard = [];
        int thread = Environment.CurrentManagedThreadId;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Gimbal.Trainer")
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            // Other tests train at the same time, on threads of their own.
            if (Environment.CurrentManagedThreadId == thread)
            {
                heard.Add((instrument.Name, value, tags.Length > 0 ? tags[0].Value : null));
            }
        });
        listener.Start();
        List<StepReport> steps = [];
        List<EpochResult> epochs = [];
        using CpuDevice device = new(1);
        // Enough steps for scores.
        TrainingOptions options = SmallRun.Options with { Batch = 4 };
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data(64), options, device);

        List<HealthReading> readings = [];
        run.Run(new RunCallbacks { Step = steps.Add, Health = readings.Add, Epoch = epochs.Add });

        Assert.Equal(steps.Select(step => (double)step.Loss), heard.Where(m => m.Name == "train.loss").Select(m => m.Value));
        Assert.Equal(steps.Select(step => (double)step.GradientNorm), heard.Where(m => m.Name == "train.gradient_norm").Select(m => m.Value));
        Assert.Equal(steps.Select(step => step.GradientScore).OfType<double>(), heard.Where(m => m.Name == "train.gradient_norm_score").Select(m => m.Value));
        Assert.Contains(steps, step => step.GradientScore is not null);
        Assert.NotEmpty(readings);
        IReadOnlyList<LayerHealth> layers = [.. readings.SelectMany(reading => reading.Layers)];
        Assert.Equal(layers.Select(l => (l.Layer, (double)l.Activation.Rms)), heard.Where(m => m.Name == "train.layer.activation_rms").Select(m => ((string)m.Set!, m.Value)));
        Assert.Equal(layers.Select(l => (l.Layer, l.Gradient.Norm)), heard.Where(m => m.Name == "train.layer.gradient_norm").Select(m => ((string)m.Set!, m.Value)));
        Assert.Equal(layers.Select(l => (l.Layer, l.UpdateRatio)), heard.Where(m => m.Name == "train.layer.update_ratio").Select(m => ((string)m.Set!, m.Value)));
        Assert.Equal(steps.Select(step => step.ImagesPerSecond), heard.Where(m => m.Name == "train.images_per_second").Select(m => m.Value));
        Assert.Equal(
            epochs.SelectMany(epoch => new[] { ("train", epoch.TrainAccuracy), ("test", epoch.TestAccuracy) }),
            heard.Where(m => m.Name == "train.accuracy").Select(m => ((string)m.Set!, m.Value)));
    }

    [Fact]
    public void A_run_is_an_activity_around_those_of_its_epochs()
    {
        List<Activity> heard = [];
        using Activity root = new Activity("test").Start();
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                lock (heard)
                {
                    heard.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        using CpuDevice device = new(1);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(64), SmallRun.Options, device);

        run.Run(new RunCallbacks());

        Activity[] own = [.. heard.Where(activity => activity.RootId == root.RootId)];
        Assert.Equal(["epoch", "epoch", "run"], own.Select(activity => activity.OperationName));
        Assert.All(own[..2], epoch => Assert.Equal(own[2].Id, epoch.ParentId));
        Assert.Equal([1, 2], own[..2].Select(epoch => (int)epoch.GetTagItem("epoch")!));
        Assert.Equal("resnet8", own[2].GetTagItem("model"));
        Assert.Equal(run.Position.History[1].TestAccuracy, own[1].GetTagItem("test.accuracy"));
    }
}
