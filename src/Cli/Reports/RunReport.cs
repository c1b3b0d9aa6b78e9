using System.Xml.Linq;
using Gimbal.Trainer.Checkpoints;

namespace Gimbal.Cli.Reports;

/// <summary>The report of one run.</summary>
internal static class RunReport
{
    /// <summary>Name of the file in the run's folder.</summary>
    public const string FileName = "report.html";

    // In the order of the page; a section that has nothing to show is null and left out.
    private static readonly IReadOnlyList<Func<ReportedRun, Section?>> s_sections =
    [
        CurveSection.Of, DoctorSection.Of, FlowSection.Of, ConfusionSection.Of, ExampleSection.Of, ParitySection.Of, SettingSections.Configuration, SettingSections.Data, SettingSections.Environment,
    ];

    /// <summary>Writes it.</summary>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <param name="run">What is known of the run.</param>
    /// <exception cref="DiskException">It could not be written.</exception>
    public static void Write(string path, ReportedRun run) => DurableFile.Write(path, new Page(
        $"{run.Model} on {run.Data}", [.. Lead(run)], [.. s_sections.Select(section => section(run)).OfType<Section>()]).ToHtml());

    private static IEnumerable<XElement> Lead(ReportedRun run)
    {
        yield return Markup.Paragraph($"Run {run.Name}", "muted");
        (string verdict, string style) = run.Parity switch
        {
            { Passed: true } => ("verified", "good"),
            { Passed: false } => ("refused", "bad"),
            null => ("not exported", "plain"),
        };
        yield return new XElement("div",
            Markup.ClassOf("headline"),
            new XElement("p", Markup.ClassOf("figure"), run.Final is { } final ? Figures.Percent(final.TestAccuracy) : "no epoch completed",
                run.Final is null ? null : new XElement("small", " test accuracy")),
            new XElement("p", Markup.ClassOf($"badge {style}"), verdict));
        if (Notice(run) is { } notice)
        {
            yield return Markup.Paragraph(notice, "notice");
        }

        yield return Markup.List(
        [
            ("Test loss", run.Final is { } last ? Figures.Short(last.TestLoss) : null),
            ("Validation accuracy", run.Final?.ValidationAccuracy is { } accuracy ? Figures.Percent(accuracy) : null),
            ("Epochs", $"{run.History.Count} of {run.Epochs}{(run.BestEpoch > 0 ? $", best {run.BestEpoch}" : "")}"),
            ("Training time", Figures.Duration(run.Seconds)),
            ("Images per second", Figures.Count((long)run.ImagesPerSecond)),
            ("Parameters", Figures.Count(run.Parameters)),
        ], "numbers");
    }

    private static string? Notice(ReportedRun run) => run.Facts switch
    {
        { Outcome: RunOutcome.Diverged, Reason: var reason } => reason,
        { Outcome: RunOutcome.Refused, Reason: var reason } => reason,
        { Outcome: RunOutcome.Complete } => null,
        { Outcome: RunOutcome.Stopped } => $"Stopped after {run.History.Count} of {run.Epochs} epochs; gimbal train --resume --out {run.Folder} goes on.",
        _ => run.History.Count < run.Epochs ? $"Not finished: {run.History.Count} of {run.Epochs} epochs are done." : null,
    };
}
