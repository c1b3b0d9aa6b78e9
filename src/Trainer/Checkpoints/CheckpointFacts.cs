using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>Metadata of a checkpoint, read by type.</summary>
/// <param name="metadata">The strings.</param>
/// <param name="path">The file, for the errors.</param>
internal sealed class CheckpointFacts(IReadOnlyDictionary<string, string> metadata, string path)
{
    public bool Has(string key) => metadata.ContainsKey(key);

    public string Text(string key) =>
        metadata.TryGetValue(key, out string? text) ? text : throw new DataFileException(path, $"metadata {key} is missing");

    public T Number<T>(string key)
        where T : struct, INumber<T> =>
        T.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out T number) ? number : throw Malformed(key, "a number in range");

    public IReadOnlyList<T> List<T>(string key)
        where T : notnull
    {
        try
        {
            T[]? list = JsonSerializer.Deserialize<T[]>(Text(key));
            return list is null || Array.Exists(list, item => item is null) ? throw Malformed(key, "a JSON array") : list;
        }
        catch (JsonException)
        {
            throw Malformed(key, "a JSON array");
        }
    }

    private DataFileException Malformed(string key, string wanted) => new(path, $"metadata {key} is not {wanted}");
}
