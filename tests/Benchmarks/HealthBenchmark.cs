using System.Diagnostics;
using Gimbal.SideBySide;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;
using PlannedStep = Gimbal.Trainer.Training.TrainingStep;

namespace Gimbal.Benchmarks;

/// <summary>What to time.</summary>
internal sealed record HealthSettings(string Model, int Batch, int Every, int Pairs, int Threads);

/// <summary>What it costs a training to measure the health of its layers every so many steps: pairs of runs of so many steps, one with and one without, in turn.</summary>
/// <remarks>
/// Both sides are one training: the same weights, the same memory. The reading is made, not only measured. Processor time of all threads is not
/// stretched by others who use the machine, but counts waiting for others in a spin as work: with one thread alone it is exact.
/// </remarks>
internal static class HealthBenchmark
{
    private const int WarmUps = 20;

    // Small, so that the weights stay where they are and both sides compute with ordinary numbers.
    private const double Rate = 1e-6;

    // Of a normal distribution: 95 in 100 lie as many deviations about the mean.
    private const double Width95 = 1.96;

    public static int Run(HealthSettings settings)
    {
        TrainingGraph graph = TrainingGraph.Create(
            ModelCatalogue.Create(settings.Model, new ModelShape(3, 32, 10)),
            Recipe.Of(settings.Model).ToStep(settings.Batch) with { MeasuredImages = TrainingRun.MeasuredImages });
        using CpuDevice device = new(settings.Threads);
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(1);
        using PlannedStep step = new(graph, device, state, seed: 1);
        Philox random = new(seed: 1, stream: 1);
        float[] images = [.. Enumerable.Range(0, graph.Images.Shape.Count).Select(i => random.Normal(0, (ulong)i))];
        int[] labels = [.. Enumerable.Range(0, settings.Batch).Select(i => i % 10)];
        for (int i = 0; i < WarmUps; i++)
        {
            Block(isMeasured: i % 2 == 0);
        }

        List<double> wall = [];
        List<double> core = [];
        for (int i = 0; i < settings.Pairs; i++)
        {
            // Who comes first takes turns too.
            (Times First, Times Second) pair = (Block(isMeasured: i % 2 == 0), Block(isMeasured: i % 2 == 1));
            (Times with, Times without) = i % 2 == 0 ? pair : (pair.Second, pair.First);
            wall.Add(with.Wall / without.Wall);
            core.Add(with.Core / without.Core);
        }

        Console.WriteLine($"{settings.Model}, batch {settings.Batch}, {device.Description}: a reading every {(settings.Every == 1 ? "step" : $"{settings.Every} steps")}, {settings.Pairs} pairs");
        Print("wall time", wall);
        Print("processor time", core);
        return 0;

        Times Block(bool isMeasured)
        {
            TimeSpan core = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < settings.Every; i++)
            {
                bool isRead = isMeasured && i == 0;
                step.Run(images, labels, Rate, i, isRead);
                if (isRead)
                {
                    GC.KeepAlive(step.Health);
                }
            }

            return new Times(Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - core).TotalSeconds);
        }
    }

    private static void Print(string what, List<double> ratios)
    {
        double mean = ratios.Average();
        double deviation = Math.Sqrt(ratios.Sum(ratio => (ratio - mean) * (ratio - mean)) / Math.Max(1, ratios.Count - 1));
        double median = ratios.Order().ElementAt(ratios.Count / 2);
        Console.WriteLine($"{what,-16}{100 * (mean - 1),8:+0.00;-0.00} % ± {100 * Width95 * deviation / Math.Sqrt(ratios.Count):0.00} % (95 %), median {100 * (median - 1):+0.00;-0.00} %");
    }

    private readonly record struct Times(double Wall, double Core);
}
