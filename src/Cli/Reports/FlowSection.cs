using System.Xml.Linq;
using Gimbal.Trainer.Health;

namespace Gimbal.Cli.Reports;

/// <summary>How signals went through the layers: activations on the way up, gradients on the way down, over depth and over time.</summary>
internal static class FlowSection
{
    // More points than a chart has pixels for tell nothing.
    private const int MostPoints = 300;

    /// <summary>Charts, and the last reading as a table; null where the run left no readings.</summary>
    public static Section? Of(ReportedRun run)
    {
        if (run.Health.Count == 0)
        {
            return null;
        }

        (IReadOnlyList<HealthReading> readings, HealthReading first, HealthReading last) = (run.Health, run.Health[0], run.Health[^1]);
        XElement[] charts = [.. Charts(readings, first, last).Select(chart => chart.Render()).OfType<XElement>()];
        return charts.Length == 0 ? null : new Section("Gradient flow",
            Markup.Paragraph(
                $"{readings.Count} readings, of step {first.Step + 1} to step {last.Step + 1}. A gradient norm is the mean over the images of the norm of what arrives at a layer; "
                + "over depth it should change by little from layer to layer. An update is about a thousandth of its weight in a healthy run."),
            new XElement("div", Markup.ClassOf("charts"), charts),
            Markup.Details($"All layers at step {last.Step + 1} as a table", Markup.Table(
                $"Health of every layer at step {last.Step + 1}",
                ["layer", "activation RMS", "zeros", "dead units", "gradient norm", "weight norm", "weight gradient norm", "update / weight", "not finite"],
                last.Layers.Select(Row))));
    }

    private static IEnumerable<LineChart> Charts(IReadOnlyList<HealthReading> readings, HealthReading first, HealthReading last)
    {
        HealthReading[] ends = first == last ? [last] : [first, last];
        yield return new LineChart("Activation RMS over depth", Scale.Wide, [.. ends.Select(reading => OverDepth(reading, layer => layer.Activation.Rms))]) { Across = "layer" };
        yield return new LineChart("Gradient norm over depth", Scale.Wide, [.. ends.Select(reading => OverDepth(reading, layer => layer.Gradient.Norm))]) { Across = "layer" };
        int layers = last.Layers.Count;
        int[] shown = [.. ((int[])[0, layers / 2, layers - 1]).Where(layer => layer >= 0 && layer < layers).Distinct()];
        HealthReading[] thinned = [.. readings.Where((reading, i) => i % (1 + (readings.Count / MostPoints)) == 0 || reading == last)];
        yield return new LineChart("Gradient norm over time", Scale.Wide, [.. shown.Select(layer => OverTime(thinned, layer, health => health.Gradient.Norm))]) { Across = "step" };
        yield return new LineChart("Update / weight over time", Scale.Wide, [.. shown.Select(layer => OverTime(thinned, layer, health => health.UpdateRatio))]) { Across = "step" };
    }

    private static Line OverDepth(HealthReading reading, Func<LayerHealth, double> value) =>
        new($"step {reading.Step + 1}", [.. reading.Layers.Select((layer, i) => (i + 1.0, value(layer)))]);

    private static Line OverTime(IReadOnlyList<HealthReading> readings, int layer, Func<LayerHealth, double> value) =>
        new(Markup.Clean(readings[^1].Layers[layer].Layer), [.. readings.Where(reading => reading.Layers.Count > layer).Select(reading => (reading.Step + 1.0, value(reading.Layers[layer])))]);

    private static IEnumerable<string> Row(LayerHealth layer) =>
    [
        layer.Layer, Figures.Short(layer.Activation.Rms), Figures.Percent(layer.Activation.Zeros), Figures.Percent(layer.Activation.Dead), Figures.Short(layer.Gradient.Norm),
        Figures.Short(layer.WeightNorm), Figures.Short(layer.WeightGradientNorm), Figures.Short(layer.UpdateRatio),
        Figures.Count((long)(layer.Activation.NonFinite + layer.Gradient.NonFinite)),
    ];
}
