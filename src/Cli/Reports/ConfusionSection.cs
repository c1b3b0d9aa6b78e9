using System.Xml.Linq;

namespace Gimbal.Cli.Reports;

/// <summary>Which classes are taken for which.</summary>
internal static class ConfusionSection
{
    private const int MostClasses = 20;

    /// <summary>The matrix; of many classes the confusions that happen most.</summary>
    public static Section? Of(ReportedRun run)
    {
        if (run.Facts?.Evaluation is not { } evaluation)
        {
            return null;
        }

        IReadOnlyList<string> classes = run.Facts.Data.Classes;
        string counted = $"{Figures.Count(evaluation.Correct)} of {Figures.Count(evaluation.Samples)} test images are recognised.";
        return classes.Count <= MostClasses
            ? new Section("Confusion matrix", Markup.Paragraph($"{counted} Rows are true classes, columns predicted ones."), Matrix(evaluation.Confusion, classes))
            : new Section("Confusions", Markup.Paragraph($"{counted} Of {classes.Count} classes these are confused most, and recognised least."), Pairs(evaluation.Confusion, classes), Weakest(evaluation.Confusion, classes));
    }

    private static XElement Matrix(int[][] counts, IReadOnlyList<string> classes) => Markup.Scrolling("Confusion matrix", new XElement("table",
        Markup.ClassOf("matrix"),
        new XElement("caption", "Test images by true and predicted class"),
        new XElement("thead", new XElement("tr",
            new XElement("td", "true \\ predicted"),
            classes.Select(name => new XElement("th", new XAttribute("scope", "col"), new XElement("span", Markup.Clean(name)))),
            new XElement("th", new XAttribute("scope", "col"), new XElement("span", "recognised")))),
        new XElement("tbody", counts.Select((row, i) => new XElement("tr",
            Markup.Header("row", classes[i]),
            row.Select((count, j) => Cell(count, row.Sum(), i == j)),
            new XElement("td", Recall(counts, i)))))));

    private static XElement Cell(int count, int all, bool isRight) => new("td",
        Markup.ClassOf(count == 0 ? "none" : isRight ? "right" : "wrong"),
        count == 0 ? null : new XAttribute("style", FormattableString.Invariant($"--share:{100.0 * count / all:0.#}")),
        Figures.Count(count));

    private static XElement Pairs(int[][] counts, IReadOnlyList<string> classes) => Markup.Table(
        "Most frequent confusions",
        ["true", "predicted", "images", "of the class"],
        counts.SelectMany((row, i) => row.Select((count, j) => (True: i, Predicted: j, Count: count)))
            .Where(pair => pair.True != pair.Predicted && pair.Count > 0)
            .OrderByDescending(pair => pair.Count).Take(MostClasses)
            .Select(pair => (string[])[classes[pair.True], classes[pair.Predicted], Figures.Count(pair.Count), Figures.Percent((double)pair.Count / counts[pair.True].Sum())]));

    private static XElement Weakest(int[][] counts, IReadOnlyList<string> classes) => Markup.Table(
        "Classes recognised least",
        ["class", "recognised", "images"],
        Enumerable.Range(0, classes.Count).Where(i => counts[i].Sum() > 0)
            .OrderBy(i => (double)counts[i][i] / counts[i].Sum()).Take(MostClasses)
            .Select(i => (string[])[classes[i], Recall(counts, i), Figures.Count(counts[i].Sum())]));

    private static string Recall(int[][] counts, int i) => counts[i].Sum() is > 0 and int all ? Figures.Percent((double)counts[i][i] / all) : "no image";
}
