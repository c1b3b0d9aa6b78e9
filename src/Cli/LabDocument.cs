using System.Text.Json.Nodes;
using System.Xml.Linq;
using Gimbal.Cli.Reports;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>What a lab found, as a page for people and as a document for machines.</summary>
internal static class LabDocument
{
    /// <summary>How a claim stands, for people.</summary>
    public static string Said(Standing standing) => standing switch
    {
        Standing.Holds => "holds",
        Standing.HoldsPartly => "holds partly",
        _ => "HOLDS NOT",
    };

    /// <summary>The page.</summary>
    public static Page PageOf(Lab lab, LabReport report, int seeds) => new(
        lab.Question,
        [Markup.Paragraph($"gimbal lab {lab.Name}: narrow networks, medians of {seeds} seeds with the least and the most in brackets; curves over steps are of the first seed")],
        [
            new Section("Findings", Markup.Table("Claims and what was measured", ["claim", "stands", "measured", "would hold with"], report.Findings.Select(f => (string[])[f.Claim, Said(f.Standing), f.Result, f.Criterion]))),
            new Section("Figures", new XElement("div", Markup.ClassOf("charts"), report.Figures.Select(figure =>
                new LineChart($"{figure.Title}, by {figure.Over}", Scale.Wide, [.. figure.Curves.Select(curve => new Line(curve.Name, curve.Points))]) { Across = figure.Over }.Render()))),
        ]);

    /// <summary>The document: findings, every training with its numbers by seed, and the points of the figures.</summary>
    public static JsonObject Of(Lab lab, LabReport report, IReadOnlyList<LabRun> runs) => new()
    {
        ["lab"] = lab.Name,
        ["findings"] = Array(report.Findings, f => new JsonObject
        {
            ["claim"] = f.Claim,
            ["stands"] = DiagnosisText.Kebab(f.Standing),
            ["measured"] = f.Result,
            ["criterion"] = f.Criterion,
        }),
        ["runs"] = Array(runs, RunOf),
        ["figures"] = Array(report.Figures, figure => new JsonObject
        {
            ["title"] = figure.Title,
            ["over"] = figure.Over,
            ["curves"] = Array(figure.Curves, curve => new JsonObject { ["name"] = curve.Name, ["points"] = Array(curve.Points, point => new JsonArray(point.X, Number(point.Y))) }),
        }),
    };

    private static JsonObject RunOf(LabRun run)
    {
        Observation first = run.Seen[0];
        TrainingOptions options = first.Options;
        return new JsonObject
        {
            ["network"] = run.Network,
            ["layers"] = first.Facts.Layers.Count,
            ["activation"] = DiagnosisText.Kebab(first.Facts.Layers[0].Bend),
            ["batch_norm"] = first.Facts.Layers[0].IsNormalized,
            ["skips"] = first.Facts.HasSkips,
            ["optimizer"] = DiagnosisText.Kebab(options.Optimizer),
            ["lr"] = options.Lr,
            ["momentum"] = options.Momentum,
            ["batch"] = options.Batch,
            ["init"] = options.Init,
            ["clip"] = options.Clip,
            ["steps"] = first.Losses.Count,
            ["ratio"] = MeasuredOf(run.Ratio),
            ["gain"] = MeasuredOf(run.Gain),
            ["weight_ratio"] = MeasuredOf(run.WeightRatio),
            ["loss"] = MeasuredOf(run.Loss),
        };
    }

    private static JsonObject MeasuredOf(Measured measured) => new()
    {
        ["values"] = Array(measured.Values, Number),
        ["median"] = Number(measured.Median),
        ["mean"] = Number(measured.Values.Average()),
        ["least"] = Number(measured.Values.Min()),
        ["most"] = Number(measured.Values.Max()),
        ["vanished"] = measured.Vanished,
    };

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> node) => new([.. items.Select(node)]);

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
