using System.Text.Json;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Cli.Reports;

/// <summary>The JSON files of a run folder.</summary>
internal static class RunFiles
{
    /// <summary>Reads one.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="name">The file.</param>
    /// <param name="parse">Its meaning; null where it means nothing.</param>
    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="DataFileException">It is damaged or cannot be read.</exception>
    public static T? Read<T>(string folder, string name, Func<string, T?> parse)
        where T : class
    {
        string path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? parse(File.ReadAllText(path)) ?? throw new DataFileException(path, "holds nothing") : null;
        }
        catch (JsonException e)
        {
            throw new DataFileException(path, $"is damaged (line {(e.LineNumber ?? 0) + 1}); remove it and write the report again", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFileException(path, "cannot be read", e);
        }
    }
}
