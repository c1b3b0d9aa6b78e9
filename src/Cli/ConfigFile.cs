using System.Text.Json;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Cli;

/// <summary>A JSON file of options, as <c>gimbal train</c> takes and writes it: the keys are the flags without dashes.</summary>
/// <param name="Path">The file.</param>
/// <param name="Values">What it says, as a flag would be given; keys that are null are left out.</param>
internal sealed record ConfigFile(string Path, IReadOnlyDictionary<string, string> Values)
{
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <exception cref="UsageException">It is no JSON object, or has an unknown key.</exception>
    /// <exception cref="DataFileException">It is missing or cannot be read.</exception>
    public static ConfigFile Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), s_lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new ConfigFile(path, ValuesOf(document.RootElement, path))
                : throw new UsageException($"{path}: a JSON object of options is wanted");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{path}: not JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, e is UnauthorizedAccessException ? "cannot be read" : "no such file", e);
        }
    }

    private static Dictionary<string, string> ValuesOf(JsonElement options, string path)
    {
        Dictionary<string, string> values = [];
        string[] known = [.. TrainingFlags.Keys, .. ExportFlags.Keys];
        foreach (JsonProperty entry in options.EnumerateObject().Where(e => e.Value.ValueKind != JsonValueKind.Null))
        {
            values[entry.Name] = known.Contains(entry.Name)
                ? entry.Value.ToString()
                : throw new UsageException($"{path}: unknown key '{entry.Name}'{(NearestName.Of(entry.Name, known) is { } near ? $"; did you mean '{near}'?" : "")}");
        }

        return values;
    }
}
