using Gimbal.Cli;
using Gimbal.SideBySide;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;
using PlannedStep = Gimbal.Trainer.Training.TrainingStep;

namespace Gimbal.Benchmarks;

/// <summary>What to time.</summary>
internal sealed record LoaderSettings(string Data, string Model, int Batch, int Steps, int Groups, int Threads);

/// <summary>What pictures cost a run: opening them, making batches of them, and what of that is left once batches are loaded ahead.</summary>
/// <remarks>
/// Processor time of all threads tells what one core does in a second, whoever else uses the machine; it counts waiting for others in a spin as
/// work, so that with one thread alone it compares the ways to feed a step.
/// </remarks>
internal static class LoaderBenchmark
{
    private const int Passes = 5;

    // Everything a run can ask for.
    private static readonly Augmentation s_augmentation = new(PadCrop: 4, Flip: true, Cutout: 8);

    public static int Run(LoaderSettings settings)
    {
        Console.WriteLine($"{"",-34}{"images",10}{"per second of one core",26}");
        TimeSpan start = Environment.CpuUsage.TotalTime;
        DataSplits data = DataSpec.Parse(settings.Data).Open(new DataOptions());
        Print("opened", data.Train.Count + data.Test.Count, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
        BatchLoader loader = new(data.Train, Normalization.Of(data.Train), settings.Batch, s_augmentation, 1);
        int images = loader.Batch * loader.BatchesPerEpoch;
        ImageBatch batch = loader.NewBatch();
        Print("loaded on demand", images, Best(epoch => LoadEpoch(loader, epoch, batch)));
        Print("loaded ahead by one thread", images, BestAhead(loader, 1));
        Print("loaded ahead by the usual threads", images, BestAhead(loader, 0));
        if (settings.Groups > 0)
        {
            Train(settings, data.Train, loader);
        }

        return 0;
    }

    // Processor seconds of the best of some epochs; the first also compiles, and is the first to touch its buffers.
    private static double Best(Action<int> load)
    {
        double best = double.PositiveInfinity;
        for (int epoch = 0; epoch < Passes; epoch++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            load(epoch);
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalSeconds);
        }

        return best;
    }

    private static void LoadEpoch(BatchLoader loader, int epoch, ImageBatch batch)
    {
        for (int number = 0; number < loader.BatchesPerEpoch; number++)
        {
            loader.Load(epoch, number, batch);
        }
    }

    private static double BestAhead(BatchLoader loader, int threads)
    {
        using BatchPrefetch prefetch = new(loader, 0, (long)Passes * loader.BatchesPerEpoch, threads: threads);
        return Best(_ =>
        {
            for (int number = 0; number < loader.BatchesPerEpoch; number++)
            {
                prefetch.Next();
            }
        });
    }

    private static void Train(LoaderSettings settings, ImageSource source, BatchLoader loader)
    {
        TrainingGraph graph = TrainingGraph.Create(
            ModelCatalogue.Create(settings.Model, new ModelShape(source.Channels, source.Height, source.Classes.Count)),
            Recipe.Of(settings.Model).ToStep(loader.Batch));
        using CpuDevice device = new(settings.Threads);
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(1);
        using PlannedStep step = new(graph, device, state, seed: 1);
        using BatchPrefetch prefetch = new(loader, 0, long.MaxValue);
        ImageBatch constant = loader.NewBatch();
        loader.Load(0, 0, constant);
        ImageBatch demanded = loader.NewBatch();
        int loaded = 0;
        FedStep[] sides =
        [
            new("constant batch", step, () => constant),
            new("loaded ahead", step, () => prefetch.Next()!),
            new("loaded on demand", step, () =>
            {
                loader.Load(0, loaded++ % loader.BatchesPerEpoch, demanded);
                return demanded;
            }),
        ];
        IReadOnlyList<Times> times = InterleavedTiming.Measure([.. sides.Select(side => (Action)side.Run)], settings.Groups, settings.Steps);
        Console.WriteLine();
        Console.WriteLine($"{settings.Model}, batch {loader.Batch}, {settings.Threads} threads, {times[0].Milliseconds.Count} steps each");
        Console.WriteLine($"{"",-28}{"ms min",10}{"median",10}{"images/s",10}{"core ms min",14}{"median",10}");
        for (int i = 0; i < sides.Length; i++)
        {
            Times side = times[i];
            Console.WriteLine($"{sides[i].Name,-28}{side.Min,10:F2}{side.Median,10:F2}{loader.Batch * 1000 / side.Median,10:F0}{sides[i].CoreMilliseconds.Min(),14:F2}{sides[i].CoreMilliseconds.Order().ElementAt(sides[i].CoreMilliseconds.Count / 2),10:F2}");
        }
    }

    private static void Print(string what, int images, double seconds) =>
        Console.WriteLine($"{what,-34}{images,10}{images / seconds,26:F0}");

    /// <summary>The same plan, fed one way.</summary>
    private sealed class FedStep(string name, PlannedStep step, Func<ImageBatch> next)
    {
        // Small, so that the weights stay where they are and every side computes with ordinary numbers.
        private const double Rate = 1e-6;

        /// <summary>Processor time of each step, those that warm up included.</summary>
        public List<double> CoreMilliseconds { get; } = [];

        public string Name => name;

        public void Run()
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            step.Run(next(), Rate, 0);
            CoreMilliseconds.Add((Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
        }
    }
}
