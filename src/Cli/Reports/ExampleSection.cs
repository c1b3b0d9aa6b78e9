using System.Xml.Linq;

namespace Gimbal.Cli.Reports;

/// <summary>Test pictures the network is surest of, wrong and right.</summary>
internal static class ExampleSection
{
    /// <summary>The pictures with class and probability.</summary>
    public static Section? Of(ReportedRun run)
    {
        if (run.Facts?.Evaluation is not { } evaluation)
        {
            return null;
        }

        IReadOnlyList<string> classes = run.Facts.Data.Classes;
        return new Section("Examples",
            new XElement("h3", "Surest and wrong"),
            evaluation.Wrong.Count == 0 ? Markup.Paragraph("No test image is taken for another class.") : Pictures(evaluation.Wrong, classes),
            new XElement("h3", "Surest and right"),
            evaluation.Right.Count == 0 ? Markup.Paragraph("No test image is recognised.") : Pictures(evaluation.Right, classes));
    }

    private static XElement Pictures(IReadOnlyList<Example> examples, IReadOnlyList<string> classes) =>
        new("ul", Markup.ClassOf("pictures"), examples.Select(example => new XElement("li", Picture(example, classes))));

    private static XElement Picture(Example example, IReadOnlyList<string> classes)
    {
        bool isRight = example.Predicted == example.Label;
        string predicted = Markup.Clean(classes[example.Predicted]);
        string label = Markup.Clean(classes[example.Label]);
        return new XElement("figure",
            new XElement("img",
                new XAttribute("src", $"data:image/png;base64,{Convert.ToBase64String(example.Png)}"),
                new XAttribute("width", "96"), new XAttribute("height", "96"), new XAttribute("loading", "lazy"),
                new XAttribute("alt", $"test image {example.Index}: {label}{(isRight ? ", recognised" : $", taken for {predicted}")}")),
            new XElement("figcaption",
                new XElement("b", predicted), $" {Share(example.Probability)}",
                isRight ? null : new XElement("span", $"is {label} ({Share(example.LabelProbability)})")));
    }

    private static string Share(double probability) => FormattableString.Invariant($"{100 * probability:0.0}\u00a0%");
}
