using System.Xml.Linq;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>How the run went, epoch by epoch.</summary>
internal static class CurveSection
{
    /// <summary>Charts, and the same numbers as a table.</summary>
    public static Section? Of(ReportedRun run)
    {
        XElement[] charts = [.. Charts(run.History).Select(chart => chart.Render()).OfType<XElement>()];
        return charts.Length == 0 ? null : new Section("Curves",
            new XElement("div", Markup.ClassOf("charts"), charts),
            Markup.Details("All epochs as a table", Markup.Table(
                "Metrics of every epoch",
                ["epoch", "train loss", "train accuracy", "validation loss", "validation accuracy", "test loss", "test accuracy", "learning rate", "gradient norm", "clipped", "skipped", "images/s"],
                run.History.Select(Row))));
    }

    /// <summary>A line of one value per epoch; epochs without it are left out.</summary>
    public static Line LineOf(string name, IEnumerable<EpochResult> history, Func<EpochResult, double?> value) =>
        new(name, [.. history.Where(epoch => value(epoch) is not null).Select(epoch => ((double)epoch.Epoch, value(epoch)!.Value))]);

    private static IEnumerable<LineChart> Charts(IReadOnlyList<EpochResult> history)
    {
        yield return new LineChart("Loss", Scale.Wide, Several(
            LineOf("train", history, e => e.TrainLoss), LineOf("test", history, e => e.TestLoss), LineOf("validation", history, e => e.ValidationLoss)));
        yield return new LineChart("Accuracy", Scale.Share, Several(
            LineOf("train", history, e => e.TrainAccuracy), LineOf("test", history, e => e.TestAccuracy), LineOf("validation", history, e => e.ValidationAccuracy)));
        yield return new LineChart("Learning rate", Scale.Linear, [LineOf("last step of the epoch", history, e => e.LearningRate)]);
        yield return new LineChart("Gradient norm", Scale.Wide, [LineOf("mean before clipping", history, e => e.GradientNorm)]);
        yield return new LineChart("Clip rate", Scale.Share, [LineOf("steps clipped by norm", history, e => e.ClippedShare)]);
    }

    private static IReadOnlyList<Line> Several(params IEnumerable<Line> lines) => [.. lines.Where(line => line.Points.Count > 0)];

    private static IEnumerable<string> Row(EpochResult epoch) =>
    [
        $"{epoch.Epoch}", Figures.Short(epoch.TrainLoss), Figures.Percent(epoch.TrainAccuracy), epoch.ValidationLoss is { } loss ? Figures.Short(loss) : "",
        epoch.ValidationAccuracy is { } accuracy ? Figures.Percent(accuracy) : "", Figures.Short(epoch.TestLoss), Figures.Percent(epoch.TestAccuracy),
        Figures.Short(epoch.LearningRate), Figures.Short(epoch.GradientNorm), Figures.Percent(epoch.ClippedShare), $"{epoch.SkippedSteps}", Figures.Count((long)epoch.ImagesPerSecond),
    ];
}
