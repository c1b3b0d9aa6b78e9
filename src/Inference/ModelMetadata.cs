using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gimbal.Inference;

/// <summary>What the graph's input holds.</summary>
public enum InputForm
{
    /// <summary>float32 [N,C,H,W], normalised by the caller: (p/255 − mean)/std.</summary>
    FloatNchw,

    /// <summary>uint8 [N,H,W,C], raw pixels; the graph normalises.</summary>
    UInt8Nhwc,
}

/// <summary>What the graph's output holds.</summary>
public enum OutputForm
{
    /// <summary>Unscaled scores.</summary>
    Logits,

    /// <summary>Softmax of the scores.</summary>
    Probabilities,
}

/// <summary>A picture and the outputs the model gave for it where it was exported.</summary>
/// <param name="Pixels">Height·Width·Channels bytes, interleaved.</param>
/// <param name="Outputs">One value per class.</param>
public sealed record GoldenSample(byte[] Pixels, float[] Outputs);

/// <summary>What travels inside a model file beside the graph, in its <c>metadata_props</c>.</summary>
/// <param name="Classes">Names in the order of the outputs.</param>
/// <param name="Input">Form of the input tensor.</param>
/// <param name="Output">Form of the output tensor.</param>
/// <param name="Channels">1 (grey) or 3 (red, green, blue).</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Mean">Per channel, on the scale 0 to 1.</param>
/// <param name="Std">Per channel, on the scale 0 to 1.</param>
/// <param name="Golden">Samples for the self-test.</param>
/// <param name="GoldenTolerance">Largest difference the self-test accepts.</param>
/// <param name="Training">Facts about the training, a JSON object.</param>
public sealed record ModelMetadata(
    IReadOnlyList<string> Classes,
    InputForm Input,
    OutputForm Output,
    int Channels,
    int Height,
    int Width,
    IReadOnlyList<float> Mean,
    IReadOnlyList<float> Std,
    IReadOnlyList<GoldenSample> Golden,
    double GoldenTolerance,
    string Training)
{
    /// <summary>Version of this layout: <c>1</c>.</summary>
    public const string FormatKey = "gimbal.format";

    /// <summary>JSON array of names.</summary>
    public const string ClassesKey = "gimbal.classes";

    /// <summary><c>float-nchw</c> or <c>uint8-nhwc</c>.</summary>
    public const string InputKey = "gimbal.input";

    /// <summary><c>logits</c> or <c>probabilities</c>.</summary>
    public const string OutputKey = "gimbal.output";

    /// <summary>JSON object with channels, height, width.</summary>
    public const string SizeKey = "gimbal.size";

    /// <summary>JSON array, one number per channel.</summary>
    public const string MeanKey = "gimbal.mean";

    /// <summary>JSON array, one number per channel.</summary>
    public const string StdKey = "gimbal.std";

    /// <summary>How pictures of other sizes are brought to the model's.</summary>
    public const string ResizeKey = "gimbal.resize";

    /// <summary>JSON array of {pixels, outputs}, both base64; outputs are little-endian float32.</summary>
    public const string GoldenKey = "gimbal.golden";

    /// <summary>A number.</summary>
    public const string GoldenToleranceKey = "gimbal.golden_tolerance";

    /// <summary>JSON object of facts.</summary>
    public const string TrainingKey = "gimbal.training";

    private const string Format = "1";
    private const string Resize = "shorter-side-then-centre-crop";
    private const int MostSide = 4096;
    private const int MostQuoted = 300;

    // A key given twice could mean either value.
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The metadata as key and value.</summary>
    public IReadOnlyDictionary<string, string> ToProperties() => new Dictionary<string, string>
    {
        [FormatKey] = Format,
        [ClassesKey] = JsonSerializer.Serialize(Classes),
        [InputKey] = Input == InputForm.FloatNchw ? "float-nchw" : "uint8-nhwc",
        [OutputKey] = Output == OutputForm.Logits ? "logits" : "probabilities",
        [SizeKey] = new JsonObject { ["channels"] = Channels, ["height"] = Height, ["width"] = Width }.ToJsonString(),
        [MeanKey] = JsonSerializer.Serialize(Mean),
        [StdKey] = JsonSerializer.Serialize(Std),
        [ResizeKey] = Resize,
        [GoldenKey] = new JsonArray([.. Golden.Select(sample => new JsonObject
        {
            ["pixels"] = Convert.ToBase64String(sample.Pixels),
            ["outputs"] = Convert.ToBase64String(FloatBytes.Of(sample.Outputs)),
        })]).ToJsonString(),
        [GoldenToleranceKey] = GoldenTolerance.ToString("R", CultureInfo.InvariantCulture),
        [TrainingKey] = Training,
    };

    /// <summary>Reads and checks the metadata of a model.</summary>
    /// <exception cref="ModelFileException">A key is missing or its value is out of range.</exception>
    public static ModelMetadata Parse(IReadOnlyDictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        string format = Required(properties, FormatKey);
        Require(format == Format, FormatKey, $"'{format}' is not {Format}; update Gimbal.Inference");
        string[] classes = Json<string[]>(properties, ClassesKey);
        Require(classes.Length >= 2 && Array.TrueForAll(classes, name => name is not null), ClassesKey, "two or more names are wanted");
        JsonObject size = Json<JsonObject>(properties, SizeKey);
        (int channels, int height, int width) = (Number(size, "channels"), Number(size, "height"), Number(size, "width"));
        Require(channels is 1 or 3 && height is >= 1 and <= MostSide && width is >= 1 and <= MostSide, SizeKey, $"{channels}x{height}x{width} is out of range");
        float[] mean = Json<float[]>(properties, MeanKey);
        float[] std = Json<float[]>(properties, StdKey);
        Require(mean.Length == channels && Array.TrueForAll(mean, float.IsFinite), MeanKey, $"{channels} finite numbers are wanted");
        Require(std.Length == channels && Array.TrueForAll(std, s => float.IsFinite(s) && s > 0), StdKey, $"{channels} numbers above 0 are wanted");
        string resize = Required(properties, ResizeKey);
        Require(resize == Resize, ResizeKey, $"'{resize}' is not {Resize}");
        double tolerance = Json<double>(properties, GoldenToleranceKey);
        Require(double.IsFinite(tolerance) && tolerance >= 0, GoldenToleranceKey, "a number of 0 or more is wanted");
        return new ModelMetadata(
            classes,
            Choice(properties, InputKey, ("float-nchw", InputForm.FloatNchw), ("uint8-nhwc", InputForm.UInt8Nhwc)),
            Choice(properties, OutputKey, ("logits", OutputForm.Logits), ("probabilities", OutputForm.Probabilities)),
            channels,
            height,
            width,
            mean,
            std,
            [.. Json<JsonArray>(properties, GoldenKey).Select(sample => ParseSample(sample, channels * height * width, classes.Length))],
            tolerance,
            Json<JsonObject>(properties, TrainingKey).ToJsonString());
    }

    private static GoldenSample ParseSample(JsonNode? sample, int pixelBytes, int classes)
    {
        try
        {
            byte[] pixels = Convert.FromBase64String((string?)sample?["pixels"] ?? "");
            byte[] outputs = Convert.FromBase64String((string?)sample?["outputs"] ?? "");
            Require(pixels.Length == pixelBytes && outputs.Length == classes * sizeof(float), GoldenKey, "a sample has the wrong size");
            float[] values = FloatBytes.To(outputs);
            Require(Array.TrueForAll(values, float.IsFinite), GoldenKey, "an output of a sample is not finite");
            return new GoldenSample(pixels, values);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Invalid(GoldenKey, "a sample is not base64");
        }
    }

    private static T Choice<T>(IReadOnlyDictionary<string, string> properties, string key, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        string text = Required(properties, key);
        foreach ((string name, T value) in choices)
        {
            if (name == text)
            {
                return value;
            }
        }

        throw Invalid(key, $"'{text}' is unknown");
    }

    private static T Json<T>(IReadOnlyDictionary<string, string> properties, string key)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Required(properties, key), s_strict);
            return document.Deserialize<T>() ?? throw Invalid(key, "null");
        }
        catch (JsonException)
        {
            throw Invalid(key, $"the value is not JSON of the kind {typeof(T).Name}");
        }
    }

    private static int Number(JsonObject size, string name) =>
        size[name] is JsonValue value && value.TryGetValue(out int number) ? number : throw Invalid(SizeKey, $"{name} is not a whole number");

    private static string Required(IReadOnlyDictionary<string, string> properties, string key) =>
        properties.TryGetValue(key, out string? value) ? value : throw Invalid(key, "missing; the file was not exported by Gimbal");

    private static void Require(bool holds, string key, string otherwise)
    {
        if (!holds)
        {
            throw Invalid(key, otherwise);
        }
    }

    private static ModelFileException Invalid(string key, string what) => new($"metadata {key}: {OneLine(what)}");

    /// <summary>Text of a file as a message may quote it: control characters blank, long text cut.</summary>
    internal static string OneLine(string text)
    {
        string cut = text.Length <= MostQuoted ? text : $"{text[..MostQuoted]}…";
        return string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c));
    }
}
