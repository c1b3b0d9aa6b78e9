using Gimbal.Export;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>The report of a run under way: its facts are on disk from the start, the page once the run ends, however it ends.</summary>
internal sealed class TrainingReport
{
    private readonly TrainingRun _run;
    private readonly RunFacts _facts;

    /// <summary>Writes what is known before the first step.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="device">What it trains on.</param>
    /// <exception cref="Trainer.Checkpoints.DiskException">It could not be written.</exception>
    public TrainingReport(string folder, TrainingRun run, Device device)
    {
        (Folder, _run) = (folder, run);
        _facts = new RunFacts(RunOutcome.Unfinished, null, RunEnvironment.Of(device), DataFacts.Of(run.Data), null);
        _facts.Write(folder);
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>Writes the page with what there is.</summary>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="reason">Why.</param>
    /// <param name="parity">The gate's verdict, if it was asked.</param>
    /// <param name="evaluation">How the exported weights do, if they were evaluated.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="Trainer.Checkpoints.DiskException">It could not be written.</exception>
    public string Write(RunOutcome outcome, string? reason = null, ParityReport? parity = null, Evaluation? evaluation = null)
    {
        RunFacts facts = _facts with { Outcome = outcome, Reason = reason, Evaluation = evaluation };
        facts.Write(Folder);
        string path = Path.Combine(Folder, RunReport.FileName);
        RunReport.Write(path, ReportedRun.Of(Folder, _run, facts, parity));
        return path;
    }
}
