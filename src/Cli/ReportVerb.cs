using System.CommandLine;
using System.Text.Json.Nodes;
using Gimbal.Cli.Reports;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary><c>gimbal report</c>: one HTML file about a run, or several runs side by side.</summary>
internal sealed class ReportVerb : Verb
{
    private const string ComparisonName = "comparison.html";

    private readonly Argument<string[]> _runs = new("RUN") { Description = "run folders", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string?> _out = new("--out") { Description = $"file to write [default: RUN/{RunReport.FileName}, of several runs {ComparisonName}]", HelpName = "file" };
    private readonly Option<string?> _data = new("--data") { Description = "where the run's data is now [default: where it was]; read only where the run was not evaluated", HelpName = "text" };

    /// <inheritdoc/>
    protected override Command Describe() => new("report", "write one HTML file about a run, or compare several") { _runs, _out, _data };

    /// <inheritdoc/>
    protected override int Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        string[] folders = parsed.GetValue(_runs)!;
        if (folders.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new UsageException($"report: {twice.First()} is named twice");
        }

        if (folders.Length > 1 && parsed.GetValue(_data) is not null)
        {
            throw new UsageException("--data: goes with one run; several are compared by what their folders hold");
        }

        IReadOnlyList<ReportedRun> runs = [.. folders.Select(folder => ReportedRun.Of(folder, Load(folder, CheckpointChoice.Last, output)))];
        string path = parsed.GetValue(_out) ?? (runs.Count == 1 ? Path.Combine(folders[0], RunReport.FileName) : ComparisonName);
        if (runs.Count == 1)
        {
            runs = [Evaluated(runs[0], parsed.GetValue(_data), output)];
            RunReport.Write(path, runs[0]);
        }
        else
        {
            Comparison.Write(path, runs);
        }

        output.Line($"{path}: {string.Join(", ", runs.Select(run => run.Final is { } final ? FormattableString.Invariant($"{run.Folder} {100 * final.TestAccuracy:0.00} %") : run.Folder))}");
        output.Document(new JsonObject
        {
            ["report"] = path,
            ["runs"] = new JsonArray([.. runs.Select(run => run.ToJson())]),
            ["differences"] = new JsonArray([.. Comparison.DifferingOptions(runs).Select(option => new JsonObject
            {
                ["option"] = option.Key, ["values"] = new JsonArray([.. option.Values.Select(value => (JsonNode?)value)]),
            })]),
        });
        return ExitCode.Done;
    }

    private static SavedRun Load(string folder, CheckpointChoice which, Output output) => Directory.Exists(folder)
        ? SavedRuns.Load(folder, which, output)
        : throw new DataFileException(folder, "no such run folder");

    // A run that was killed, or went on since, has no evaluation of the weights that would be exported.
    private static ReportedRun Evaluated(ReportedRun run, string? place, Output output)
    {
        SavedRun best = Load(run.Folder, CheckpointChoice.Best, output);
        if (run.Facts?.Evaluation?.IsOf(best) == true)
        {
            return run;
        }

        RunFacts? facts = run.Facts is null ? null : run.Facts with { Evaluation = null };
        try
        {
            DataSplits data = SavedRuns.OpenData(best, place);
            using CpuDevice device = new(best.Options.Threads);
            facts ??= new RunFacts(run.Parity is { Passed: true } ? RunOutcome.Complete : RunOutcome.Unfinished, null, null, DataFacts.Of(data), null);
            facts = facts with { Evaluation = Evaluation.Of(best, data.Test, device) };
            facts.Write(run.Folder);
        }
        catch (Exception e) when (place is null && (e is DataFileException or DataSpecException or UsageException))
        {
            output.Line($"note    no confusion matrix and no examples: {e.Message}; name the place of the data with --data");
        }

        return run with { Facts = facts };
    }
}
