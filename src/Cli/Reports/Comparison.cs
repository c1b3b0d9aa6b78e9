using System.Xml.Linq;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>Several runs side by side.</summary>
internal static class Comparison
{
    private static readonly IReadOnlyList<(string Title, Scale Scale, Func<EpochResult, double?> Value)> s_charts =
    [
        ("Test accuracy", Scale.Share, epoch => epoch.TestAccuracy),
        ("Test loss", Scale.Wide, epoch => epoch.TestLoss),
        ("Train accuracy", Scale.Share, epoch => epoch.TrainAccuracy),
        ("Train loss", Scale.Wide, epoch => epoch.TrainLoss),
        ("Validation accuracy", Scale.Share, epoch => epoch.ValidationAccuracy),
        ("Learning rate", Scale.Linear, epoch => epoch.LearningRate),
        ("Gradient norm", Scale.Wide, epoch => epoch.GradientNorm),
        ("Clip rate", Scale.Share, epoch => epoch.ClippedShare),
    ];

    /// <summary>Writes it.</summary>
    /// <param name="path">The file; replaced whole or not at all.</param>
    /// <param name="runs">Two or more.</param>
    /// <exception cref="DiskException">It could not be written.</exception>
    public static void Write(string path, IReadOnlyList<ReportedRun> runs) => DurableFile.Write(path, new Page(
        $"{runs.Count} runs compared",
        [Markup.Paragraph(string.Join(", ", runs.Select(run => run.Folder)), "muted")],
        [Results(runs), Differences(runs), .. Curves(runs) is { } curves ? [curves] : (Section[])[]]).ToHtml());

    /// <summary>Options whose values are not the same in all runs, with the value of each; null where a run lacks the option.</summary>
    public static IReadOnlyList<(string Key, IReadOnlyList<string?> Values)> DifferingOptions(IReadOnlyList<ReportedRun> runs) =>
    [
        .. runs.SelectMany(run => run.Configuration.Keys).Distinct()
            .Select(key => (Key: key, Values: (IReadOnlyList<string?>)[.. runs.Select(run => run.Configuration.GetValueOrDefault(key))]))
            .Where(option => option.Values.Distinct().Count() > 1),
    ];

    private static Section Results(IReadOnlyList<ReportedRun> runs)
    {
        double best = runs.Max(run => run.Final?.TestAccuracy ?? 0);
        return new Section("Results", Markup.Table(
            "Final numbers of each run",
            ["run", "model", "test accuracy", "test loss", "epochs", "time", "images/s", "parameters", "exported file"],
            runs.Select(run => (string[])
            [
                run.Folder,
                run.Model,
                run.Final is { } final ? $"{Figures.Percent(final.TestAccuracy)}{(final.TestAccuracy == best ? " (best)" : "")}" : "none",
                run.Final is { } last ? Figures.Short(last.TestLoss) : "none",
                $"{run.History.Count} of {run.Epochs}",
                Figures.Duration(run.Seconds),
                Figures.Count((long)run.ImagesPerSecond),
                Figures.Count(run.Parameters),
                run.Parity is null ? "none" : run.Parity.Passed ? "verified" : "refused",
            ])));
    }

    private static Section Differences(IReadOnlyList<ReportedRun> runs)
    {
        List<(string Key, IReadOnlyList<string?> Values)> rows = [.. DifferingOptions(runs)];
        AddWhereDifferent("training images", [.. runs.Select(run => (string?)run.Fingerprint)]);
        AddWhereDifferent("computed by", [.. runs.Select(run => run.Facts?.Environment?.Device)]);
        AddWhereDifferent("gimbal", [.. runs.Select(run => run.Facts?.Environment?.Version)]);
        return new Section("Differences", rows.Count == 0
            ? Markup.Paragraph("The runs have the same options, data and device.")
            : Markup.Table("What is not the same in all runs", ["option", .. runs.Select(run => run.Folder)], rows.Select(row => (string[])[row.Key, .. row.Values.Select(value => value ?? "")])));

        void AddWhereDifferent(string key, IReadOnlyList<string?> values)
        {
            if (values.Distinct().Count() > 1)
            {
                rows.Add((key, values));
            }
        }
    }

    private static Section? Curves(IReadOnlyList<ReportedRun> runs)
    {
        XElement[] charts = [.. s_charts.Select(chart => new LineChart(
            chart.Title, chart.Scale, [.. runs.Select(run => CurveSection.LineOf(Markup.Clean(run.Folder), run.History, chart.Value))]).Render()).OfType<XElement>()];
        return charts.Length == 0 ? null : new Section("Curves", new XElement("div", Markup.ClassOf("charts"), charts));
    }
}
