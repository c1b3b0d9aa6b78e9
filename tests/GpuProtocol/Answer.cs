using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gimbal.GpuProtocol;

/// <summary>Lines of JSON on standard output, each written as soon as it is known: whoever stops the program keeps them.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one line.</summary>
    public static void Print(JsonObject answer)
    {
        Console.Out.WriteLine(answer.ToJsonString(s_json));
        Console.Out.Flush();
    }

    /// <summary>A number, or its name where it is none: JSON has no infinity.</summary>
    public static JsonNode Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create(value.ToString(CultureInfo.InvariantCulture));
}
