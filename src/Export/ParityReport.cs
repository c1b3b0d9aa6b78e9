using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gimbal.Export;

/// <summary>How far ONNX Runtime's outputs are from the trainer's.</summary>
/// <param name="MaxAbsDiff">Largest difference of an output; of probabilities, also of the logits they stand for.</param>
/// <param name="Tolerance">1e-4·max(1, rms of the trainer's logits).</param>
/// <param name="Rms">Root mean square of the trainer's logits.</param>
/// <param name="Agreement">Share of samples with the same class, 0 to 1.</param>
/// <param name="Ties">Samples whose class differs but whose two largest logits are closer than twice the tolerance.</param>
/// <param name="Samples">Pictures compared.</param>
/// <param name="Batches">Sizes of the batches ONNX Runtime was given.</param>
/// <param name="Provider">ONNX Runtime's provider.</param>
/// <param name="Passed">The verdict.</param>
/// <param name="WorstSample">Position of the picture with the largest difference; the first where none differs.</param>
/// <param name="FirstDivergentNode">Where the two part, if they do.</param>
public sealed record ParityReport(
    double MaxAbsDiff,
    double Tolerance,
    double Rms,
    double Agreement,
    int Ties,
    int Samples,
    IReadOnlyList<int> Batches,
    string Provider,
    bool Passed,
    int WorstSample,
    string? FirstDivergentNode)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The report as a JSON object with snake_case keys.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote; null where the text says null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static ParityReport? FromJson(string json) => JsonSerializer.Deserialize<ParityReport>(json, s_json);

    /// <summary>The verdict in one line.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{(Passed ? "verified" : "refused")}: {Samples} images, {100 * Agreement:0.##} % agree, largest difference {MaxAbsDiff:0.0e+0} (allowed {Tolerance:0.0e+0})")
        + (FirstDivergentNode is null ? "" : $", first divergent node {FirstDivergentNode}");
}
