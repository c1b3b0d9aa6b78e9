using System.Globalization;
using System.Text.Json.Nodes;
using Gimbal.Cli.Reports;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Health;

namespace Gimbal.Cli;

/// <summary>A diagnosis for people and for machines.</summary>
internal static class DiagnosisText
{
    private const int CurveWidth = 25;
    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    /// <summary>The table of layers and the verdict.</summary>
    public static void Write(Output output, string model, Observation seen, Diagnosis diagnosis)
    {
        HealthReading first = seen.Readings[0];
        HealthReading last = seen.Readings[^1];
        int width = Math.Max(5, first.Layers.Max(layer => layer.Layer.Length));
        output.Line();
        output.Line(string.Create(s_culture, $"gradient doctor   {model}, {seen.Losses.Count} steps, first loss {seen.Losses[0]:0.000} (guessing: {Math.Log(seen.Facts.Classes):0.000}), last {seen.Losses[^1]:0.000}"));
        output.Line(string.Create(s_culture, $"learning rate     {seen.Rates.Min():0.0e+0} to {seen.Rates.Max():0.0e+0} in these steps, --lr {seen.Options.Lr}"));
        output.Line($"{"layer".PadRight(width)}  weight scale  out RMS  gradient   gain  update/weight   zeros  dead");
        for (int i = 0; i < first.Layers.Count; i++)
        {
            LayerHealth layer = first.Layers[i];
            string gain = i + 1 < first.Layers.Count ? Short(layer.Gradient.Norm / first.Layers[i + 1].Gradient.Norm) : "-";
            output.Line(string.Create(
                s_culture,
                $"{layer.Layer.PadRight(width)}  {seen.Facts.Layers[i].Scale,12:0.00}  {Short(layer.Activation.Rms),7}  {Short(layer.Gradient.Norm),8}  {gain,5}  {Short(last.Layers[i].UpdateRatio),13}  {100 * last.Layers[i].Activation.Zeros,4:0} %  {100 * last.Layers[i].Activation.Dead,2:0} %"));
        }

        output.Line("(scale, RMS, gradient and gain ahead of the first update, the rest of the last step)");
        output.Line();
        string where = diagnosis.Layer is null ? "" : $", {diagnosis.Layer}";
        output.Line($"verdict {Kebab(diagnosis.Verdict).ToUpperInvariant()} ({Kebab(diagnosis.Severity)}{where})");
        output.Line($"found   {diagnosis.Finding}");
        foreach ((string name, string text) in ((string, string)[])[("cause", diagnosis.Reason), ("known", diagnosis.Bracket), ("remedy", diagnosis.Remedy?.Text ?? "")])
        {
            if (text.Length > 0)
            {
                output.Line($"{name,-7} {text}");
            }
        }
    }

    /// <summary>The document for machines.</summary>
    public static JsonObject Document(Observation seen, Diagnosis diagnosis) => new()
    {
        ["verdict"] = Kebab(diagnosis.Verdict),
        ["severity"] = Kebab(diagnosis.Severity),
        ["culprit"] = diagnosis.Layer,
        ["cause"] = Kebab(diagnosis.Cause),
        ["remedy"] = diagnosis.Remedy?.Text,
        ["ratio"] = Number(diagnosis.Ratio),
        ["gain"] = Number(diagnosis.Gain),
        ["finding"] = diagnosis.Finding,
        ["reason"] = diagnosis.Reason,
        ["source"] = diagnosis.Bracket,
        ["losses"] = Numbers(seen.Losses),
        ["rates"] = new JsonArray([.. seen.Rates.Select(rate => (JsonNode)rate)]),
        ["layers"] = new JsonArray([.. seen.Facts.Layers.Select((layer, i) => (JsonNode)new JsonObject
        {
            ["layer"] = layer.Layer,
            ["weight_scale"] = Number(layer.Scale),
            ["activation_rms"] = Number(seen.Readings[0].Layers[i].Activation.Rms),
            ["gradient_norm"] = Number(seen.Readings[0].Layers[i].Gradient.Norm),
            ["weight_gradient_norm"] = Number(seen.Readings[0].Layers[i].WeightGradientNorm),
            ["update_ratio"] = Number(seen.Readings[^1].Layers[i].UpdateRatio),
            ["zeros"] = Number(seen.Readings[^1].Layers[i].Activation.Zeros),
            ["dead"] = Number(seen.Readings[^1].Layers[i].Activation.Dead),
        })]),
    };

    /// <summary>Losses as a sparkline, with the first, the middle and the last.</summary>
    public static string Curve(IReadOnlyList<float> losses) => string.Create(
        s_culture, $"{Sparkline.Of([.. losses.Select(loss => (double)loss)], CurveWidth)}  {losses[0]:0.000} -> {losses[losses.Count / 2]:0.000} -> {losses[^1]:0.000}");

    /// <summary>Numbers as JSON has them: null where one is not finite.</summary>
    public static JsonArray Numbers(IEnumerable<float> numbers) => new([.. numbers.Select(number => Number(number))]);

    /// <summary>A member of an enumeration in lower case with dashes.</summary>
    public static string Kebab<T>(T member)
        where T : struct, Enum => Trainer.Training.OptionNames.OfProperty(member.ToString());

    private static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static string Short(double value) => double.IsFinite(value) && value != 0 && Math.Abs(value) is < 0.01 or >= 1000 ? value.ToString("0.0e+0", s_culture)
        : double.IsFinite(value) ? value.ToString("0.00", s_culture) : Figures.Short(value);
}
