using Gimbal.SideBySide;

namespace Gimbal.Benchmarks;

/// <summary>What to compare.</summary>
/// <param name="Models">Names of <see cref="PairedModel"/>.</param>
/// <param name="Batches">Images per step.</param>
/// <param name="Rivals">Keys of <see cref="RivalSetting"/>.</param>
/// <param name="Threads">On each side.</param>
/// <param name="Steps">Timed per group.</param>
/// <param name="Groups">The sides take turns.</param>
/// <param name="Instructions">Our side's vectors.</param>
/// <param name="Folder">Where the results go.</param>
/// <param name="Name">Of the results' files, without extension.</param>
internal sealed record Comparison(
    IReadOnlyList<string> Models, IReadOnlyList<int> Batches, IReadOnlyList<string> Rivals, int Threads, int Steps, int Groups, InstructionSet Instructions, string Folder, string Name);

/// <summary>Whole training steps of both sides: forward, loss, backward, clipping where the recipe has it, update.</summary>
internal static class TrainBenchmark
{
    /// <summary>Compares, prints and writes.</summary>
    /// <param name="comparison">What.</param>
    /// <param name="command">The command line, for the record.</param>
    /// <param name="json">Whether the document goes to stdout and the table to stderr.</param>
    public static int Run(Comparison comparison, string command, bool json)
    {
        if (Libtorch.Obstacle is { } obstacle)
        {
            Console.Error.WriteLine($"error: {obstacle}");
            return 6;
        }

        List<TrainRow> rows = [];
        List<string> failures = [];
        TrainReport? report = null;
        foreach (string model in comparison.Models)
        {
            foreach (int batch in comparison.Batches)
            {
                try
                {
                    foreach (TrainRow row in Compare(comparison, new TrainSettings(model, batch, comparison.Threads, comparison.Steps, comparison.Groups)))
                    {
                        // Written after every line: an hour of measuring does not hang on its last process.
                        rows.Add(row);
                        report = TrainReport.Of(command, rows);
                        Write(report, comparison);
                    }
                }
                catch (BenchmarkException e)
                {
                    Console.Error.WriteLine($"error: {e.Message}");
                    failures.Add(e.Message);
                }
            }
        }

        if (report is null)
        {
            return 1;
        }

        (json ? Console.Error : Console.Out).Write(report.ToMarkdown());
        if (json)
        {
            Console.WriteLine(report.ToJson());
        }

        Console.Error.WriteLine($"written to {comparison.Folder}");
        return failures.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<TrainRow> Compare(Comparison comparison, TrainSettings settings)
    {
        Footprint ours = ChildProcess.Footprint(settings, comparison.Instructions);
        foreach (RivalSetting rival in comparison.Rivals.Select(RivalSetting.Of))
        {
            Console.Error.WriteLine($"{settings.Model}, batch {settings.Batch}, against {rival.Name}");
            Pair pair = ChildProcess.Pair(settings, rival, comparison.Instructions);
            comparison.Instructions.Require(pair.Device);
            yield return TrainRow.Of(settings, rival, pair, ours, ChildProcess.Footprint(settings, rival));
        }
    }

    private static void Write(TrainReport report, Comparison comparison)
    {
        string name = comparison.Instructions.TurnedOff is null ? comparison.Name : $"{comparison.Name}-{comparison.Instructions.Key}";
        Directory.CreateDirectory(comparison.Folder);
        File.WriteAllText(Path.Combine(comparison.Folder, $"{name}.json"), report.ToJson() + "\n");
        File.WriteAllText(Path.Combine(comparison.Folder, $"{name}.md"), report.ToMarkdown());
    }
}
