using System.Diagnostics;
using Gimbal.SideBySide;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;
using PlannedStep = Gimbal.Trainer.Training.TrainingStep;

namespace Gimbal.Benchmarks;

/// <summary>What to time.</summary>
internal sealed record LoaderSettings(string Data, string Model, int Batch, int Steps, int Groups, int Threads);

/// <summary>What pictures cost a run: opening them, making batches of them, and what of that is left once batches are loaded ahead.</summary>
internal static class LoaderBenchmark
{
    private const int Passes = 5;

    // Everything a run can ask for.
    private static readonly Augmentation s_augmentation = new(PadCrop: 4, Flip: true, Cutout: 8);

    public static int Run(LoaderSettings settings)
    {
        long start = Stopwatch.GetTimestamp();
        DataSplits data = DataSpec.Parse(settings.Data).Open(new DataOptions());
        Print("opened", data.Train.Count + data.Test.Count, Stopwatch.GetElapsedTime(start).TotalSeconds, $"{Environment.ProcessorCount} processors");
        BatchLoader loader = new(data.Train, Normalization.Of(data.Train), settings.Batch, s_augmentation, 1);
        Print("augmented and normalised", loader.Batch * loader.BatchesPerEpoch, Enumerable.Range(0, Passes).Min(epoch => LoadEpoch(loader, epoch)), "one thread, best of 5 epochs");
        if (settings.Groups > 0)
        {
            Train(settings, data.Train, loader);
        }

        return 0;
    }

    private static double LoadEpoch(BatchLoader loader, int epoch)
    {
        ImageBatch batch = loader.NewBatch();
        long start = Stopwatch.GetTimestamp();
        for (int number = 0; number < loader.BatchesPerEpoch; number++)
        {
            loader.Load(epoch, number, batch);
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Train(LoaderSettings settings, ImageSource source, BatchLoader loader)
    {
        bool usesSgd = Recipe.UsesSgd(settings.Model);
        TrainingGraph graph = TrainingGraph.Create(
            ModelCatalogue.Create(settings.Model, new ModelShape(source.Channels, source.Height, source.Classes.Count)),
            new StepOptions(
                loader.Batch,
                usesSgd ? new Sgd(Recipe.SgdMomentum, WeightDecay: Recipe.SgdDecay) : new Adam(),
                usesSgd ? new GradientClip(ClipMode.Norm, Recipe.SgdLargestNorm) : default));
        using CpuDevice device = new(settings.Threads);
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(1);
        using PlannedStep step = new(graph, device, state, seed: 1);
        using BatchPrefetch prefetch = new(loader, 0, long.MaxValue);
        ImageBatch constant = loader.NewBatch();
        loader.Load(0, 0, constant);
        ImageBatch between = loader.NewBatch();
        int loaded = 0;
        IReadOnlyList<Times> times = Timing.Interleaved(
            [
                new FedStep("constant batch", step, () => constant),
                new FedStep("loaded ahead", step, () => prefetch.Next()!),
                new FedStep("loaded between steps", step, () =>
                {
                    loader.Load(0, loaded++ % loader.BatchesPerEpoch, between);
                    return between;
                }),
            ],
            settings.Groups,
            settings.Steps);
        Console.WriteLine($"{settings.Model}, batch {loader.Batch}, {settings.Threads} threads, {times[0].Milliseconds.Count} steps each");
        Console.WriteLine($"{"",-28}{"ms min",10}{"median",10}{"images/s",10}{"of constant",13}");
        foreach (Times side in times)
        {
            Console.WriteLine($"{side.Name,-28}{side.Min,10:F2}{side.Median,10:F2}{loader.Batch * 1000 / side.Median,10:F0}{times[0].Median / side.Median,13:P1}");
        }
    }

    private static void Print(string what, int images, double seconds, string how) =>
        Console.WriteLine($"{what,-28}{images,10} images{images / seconds,12:F0} images/s ({how})");

    /// <summary>The same plan, fed one way.</summary>
    private sealed class FedStep(string name, PlannedStep step, Func<ImageBatch> next) : TrainingStep
    {
        // Small, so that the weights stay where they are and every side computes with ordinary numbers.
        private const double Rate = 1e-6;

        public override string Name => name;

        public override float Run() => step.Run(next(), Rate, 0).Loss;

        public override void Dispose()
        {
        }
    }
}
