using Gimbal.Cli;
using Gimbal.SideBySide;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>What to time.</summary>
internal sealed record TrainSettings(string Model, int Batch, int Threads, int Steps, int Groups);

/// <summary>Both sides in one process, timed in turn.</summary>
/// <param name="Device">Our side's threads and vectors.</param>
/// <param name="Objection">Why the rival's times do not count: it computes something else than libtorch does in double, and we do not; null: it computes the same.</param>
/// <param name="OursMs">Median of our steps.</param>
/// <param name="OursMinMs">Shortest of our steps.</param>
/// <param name="RivalMs">Median of the rival's steps.</param>
/// <param name="RivalMinMs">Shortest of the rival's steps.</param>
/// <param name="OursLosses">Of the first steps on one batch.</param>
/// <param name="RivalLosses">Of the first steps on that batch.</param>
/// <param name="Cost">Of one step, by the cost model.</param>
/// <param name="Peaks">Of the machine, before and after.</param>
internal sealed record Pair(
    string Device,
    string? Objection,
    double OursMs,
    double OursMinMs,
    double RivalMs,
    double RivalMinMs,
    IReadOnlyList<float> OursLosses,
    IReadOnlyList<float> RivalLosses,
    OpCost Cost,
    MachinePeaks Peaks)
{
    private const int PreparedBatches = 4;

    /// <summary>Times one pair.</summary>
    /// <exception cref="BenchmarkException">We do not compute what the rival computes: nothing was timed.</exception>
    public static Pair Measure(TrainSettings settings, MemoryLayout layout)
    {
        torch.set_num_threads(settings.Threads);
        PairedModel model = PairedModel.Of(settings.Model);
        Batches batches = new(model, PreparedBatches, settings.Batch);
        using TorchStep rival = new(model, layout, batches);
        using GimbalStep ours = new(model, settings.Threads, batches, rival.State);
        float[] ourLosses = FirstLosses(ours);
        float[] rivalLosses = FirstLosses(rival);
        string? objection = LossAgreement.Objection(ourLosses, rivalLosses);
        if (objection is not null)
        {
            Arbitrate(model, batches, ourLosses, $"{settings.Model}, batch {settings.Batch}: {objection}");
        }

        MachinePeaks before = MeasurePeaks(settings.Threads);
        IReadOnlyList<Times> times = InterleavedTiming.Measure([ours.Next, rival.Next], settings.Groups, settings.Steps);
        return new Pair(
            ours.Device,
            objection,
            times[0].Median,
            times[0].Min,
            times[1].Median,
            times[1].Min,
            ourLosses,
            rivalLosses,
            ours.Cost,
            before.Best(MeasurePeaks(settings.Threads)));
    }

    // Where the sides disagree, libtorch in double says who is wrong.
    private static void Arbitrate(PairedModel model, Batches batches, float[] ours, string disagreement)
    {
        using TorchStep exact = new(model, MemoryLayout.Nchw, batches, torch.ScalarType.Float64);
        if (LossAgreement.Objection(ours, FirstLosses(exact)) is { } objection)
        {
            throw new BenchmarkException($"{disagreement}; against libtorch in double {objection}; nothing was timed");
        }
    }

    private static float[] FirstLosses(TrainingStep side) => [.. Enumerable.Range(0, LossAgreement.Steps).Select(_ => side.Run(0))];

    // On a team of its own, so that it sleeps while steps are timed.
    private static MachinePeaks MeasurePeaks(int threads)
    {
        using CpuDevice device = new(threads);
        return device.MeasurePeaks();
    }
}
