using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gimbal.Mutants;

/// <summary>results.json: every mutant that ran, one after the other as they stand in the sources.</summary>
internal static class ResultFile
{
    private static readonly string s_path = Path.Combine(Equivalents.Folder, "results.json");

    /// <summary>How this project writes JSON.</summary>
    public static JsonSerializerOptions Format { get; } = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The results of an earlier run, by key; none where there is no file.</summary>
    public static Dictionary<string, Result> Read() => File.Exists(s_path)
        ? JsonSerializer.Deserialize<List<Result>>(File.ReadAllText(s_path), Format)!.ToDictionary(result => result.Key)
        : [];

    /// <summary>Writes the results.</summary>
    public static void Write(IEnumerable<Result> results) => File.WriteAllText(
        s_path, JsonSerializer.Serialize(results.OrderBy(r => r.File, StringComparer.Ordinal).ThenBy(r => r.Line).ThenBy(r => r.Key, StringComparer.Ordinal), Format) + "\n");
}
