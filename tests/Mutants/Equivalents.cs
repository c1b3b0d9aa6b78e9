using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gimbal.Mutants;

/// <summary>Mutants that behave as the original, with the argument for each: equivalents.json.</summary>
internal sealed class Equivalents
{
    private readonly Dictionary<string, string> _arguments;

    private Equivalents(IReadOnlyList<EquivalentGroup> groups)
    {
        Groups = groups;
        _arguments = groups.SelectMany(group => group.Mutants.Select(key => (key, group.Why))).ToDictionary(pair => pair.key, pair => pair.Why);
    }

    /// <summary>The folder of this project.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Mutants that one argument covers.</summary>
    public IReadOnlyList<EquivalentGroup> Groups { get; }

    /// <summary>Reads the file.</summary>
    public static Equivalents Read() => new(JsonSerializer.Deserialize<List<EquivalentGroup>>(File.ReadAllText(Path.Combine(Folder, "equivalents.json")), ResultFile.Format)!);

    /// <summary>Why a mutant cannot be told from the original; null where nobody says it cannot.</summary>
    public string? Argument(string key) => _arguments.GetValueOrDefault(key);

    private static string FindFolder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}

/// <summary>An argument and the mutants it holds for.</summary>
/// <param name="Why">They behave as the original.</param>
/// <param name="Mutants">Their keys.</param>
internal sealed record EquivalentGroup(string Why, IReadOnlyList<string> Mutants);
