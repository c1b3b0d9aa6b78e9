using System.Text.Json;
using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>What to time.</summary>
internal sealed record TrainSettings(string Model, int Batch, int Steps, int Groups, int Threads, MemoryLayout Layout);

/// <summary>Whole training steps of both sides: forward, loss, backward, clipping where the recipe has it, update.</summary>
internal static class TrainBenchmark
{
    private const int PreparedBatches = 4;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static int Run(TrainSettings settings, bool json)
    {
        if (Libtorch.Obstacle is { } obstacle)
        {
            Console.Error.WriteLine($"error: {obstacle}");
            return 6;
        }

        torch.set_num_threads(settings.Threads);
        Batches batches = new(PreparedBatches, settings.Batch);
        using TorchStep rival = new(settings.Model, settings.Layout, batches);
        using GimbalStep ours = new(settings.Model, settings.Threads, batches, rival);
        IReadOnlyList<Times> times = Timing.Interleaved([ours, rival], settings.Groups, settings.Steps);
        if (json)
        {
            Console.WriteLine(Document(settings, times[0], times[1]));
        }
        else
        {
            Print(settings, times);
        }

        return 0;
    }

    private static string Document(TrainSettings settings, Times ours, Times rival)
    {
        var row = new
        {
            settings.Model,
            settings.Batch,
            settings.Threads,
            OursMs = ours.Median,
            Rival = rival.Name,
            RivalMs = rival.Median,
            Ratio = rival.Median / ours.Median,
            OursLoss = ours.Loss,
            RivalLoss = rival.Loss,
        };
        return JsonSerializer.Serialize(new { Rows = new[] { row } }, s_json);
    }

    private static void Print(TrainSettings settings, IReadOnlyList<Times> times)
    {
        Console.WriteLine($"{settings.Model}, batch {settings.Batch}, {settings.Threads} threads, {times[0].Milliseconds.Count} steps per side");
        Console.WriteLine($"{"",-28}{"ms min",10}{"median",10}{"images/s",10}{"loss",10}");
        foreach (Times side in times)
        {
            Console.WriteLine($"{side.Name,-28}{side.Min,10:F1}{side.Median,10:F1}{settings.Batch * 1000 / side.Median,10:F0}{side.Loss,10:F4}");
        }

        Console.WriteLine($"ratio of medians {times[1].Median / times[0].Median:F2}");
    }
}
