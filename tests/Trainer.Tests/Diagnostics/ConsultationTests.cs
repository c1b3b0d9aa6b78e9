using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Diagnostics;

/// <summary>The doctor takes the steps that training would take, and raises no alarm at what is offered by name.</summary>
public sealed class ConsultationTests : IDisposable
{
    private const int Epochs = 3;
    private const int Batches = 5;
    private const int Steps = 4;
    private readonly CpuDevice _device = new(threads: 2);
    private readonly TrainingOptions _options = new() { Model = "mlp", Batch = 32, Epochs = Epochs, WarmupEpochs = 1, HealthEvery = 1 };

    public static TheoryData<string> Catalogue => [.. ModelCatalogue.Names];

    [Theory]
    [MemberData(nameof(Catalogue))]
    public void No_model_of_the_catalogue_is_critical_with_the_default_options(string name)
    {
        // As many images as by default: the schedule is as long. Deep networks take seconds a step; what would alarm the doctor of them, their signals, shows in the first.
        (int images, int steps) = name is "mlp" or "simple-cnn" ? (10_000, Examination.UsualSteps) : (64, 2);
        TrainingOptions options = new() { Model = name };

        Diagnosis diagnosis = new GradientDoctor().Examine(new Consultation(SmallRun.Model(options), options, SmallRun.Data(images), null, _device).Observe(steps));

        Assert.True(diagnosis.Severity != Severity.Critical, $"{diagnosis.Verdict} at {diagnosis.Layer}: {diagnosis.Finding}");
    }

    [Fact]
    public void A_rate_that_kills_units_is_critical()
    {
        // The peak of the schedule in place of its first steps: what the model above must not be taken to.
        TrainingOptions options = new() { Model = "simple-cnn", Lr = 0.05, Schedule = ScheduleName.Constant };

        Diagnosis diagnosis = new GradientDoctor().Examine(new Consultation(SmallRun.Model(options), options, SmallRun.Data(1000), null, _device).Observe(Examination.UsualSteps));

        Assert.Equal((Severity.Critical, Cause.LearningRateTooHigh), (diagnosis.Severity, diagnosis.Cause));
    }

    [Fact]
    public void A_beginning_takes_the_first_steps_of_the_schedule_and_not_the_whole_of_it()
    {
        Network network = SmallRun.Model(_options);

        Observation seen = new Consultation(network, _options, SmallRun.Data(), null, _device).Observe(Steps);

        Assert.Equal(Rates(network, from: 0), seen.Rates);
        Assert.True(seen.Rates[^1] < 0.1 * seen.Options.Lr, $"warm-up ends at {seen.Rates[^1]}");
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(Epochs * Batches, 0)]
    public void A_run_goes_on_where_it_stands_and_one_that_has_ended_begins_anew(int done, int from)
    {
        DataSplits data = SmallRun.Data();
        Network network = SmallRun.Model(_options);

        Observation seen = new Consultation(network, _options, data, StandingAt(done, network, data), _device).Observe(Steps);

        Assert.True(seen.IsUnderway);
        Assert.Equal(Rates(network, from), seen.Rates);
    }

    [Fact]
    public void What_a_doctor_sees_of_a_beginning_is_what_training_does()
    {
        DataSplits data = SmallRun.Data();
        Network network = SmallRun.Model(_options);
        List<float> losses = [];
        using (TrainingRun run = new(network, data, _options, _device))
        {
            run.Run(new RunCallbacks { Step = step => losses.Add(step.Loss) });
        }

        Assert.Equal(losses.Take(Steps), new Consultation(network, _options, data, null, _device).Observe(Steps).Losses);
    }

    public void Dispose() => _device.Dispose();

    private double[] Rates(Network network, int from)
    {
        Schedule schedule = _options.Resolve().ToSchedule(Batches);
        return [.. Enumerable.Range(from, Steps).Select(step => schedule.At(step))];
    }

    private SavedRun StandingAt(int steps, Network network, DataSplits data)
    {
        using TrainingRun run = new(network, data, _options, _device);
        using CancellationTokenSource stop = new();
        SavedRun? saved = null;
        try
        {
            run.Run(new RunCallbacks { Save = (at, _) => saved = at.Capture(), SaveSteps = 1, Step = _ => { if (run.StepsDone == steps && steps < Epochs * Batches) { stop.Cancel(); } } }, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped above.
        }

        return saved!;
    }
}
