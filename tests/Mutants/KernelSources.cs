using System.Text.RegularExpressions;
using Gimbal.CudaSimulator;

namespace Gimbal.Mutants;

/// <summary>The kernels' folder: its files, what each includes, and which families run a piece of it.</summary>
internal sealed partial class KernelSources
{
    /// <summary>The file that is the language of the kernels: tests of its own stand beside those of the families.</summary>
    public const string Prelude = "prelude.cuh";

    private readonly Dictionary<string, KernelSource> _files;

    /// <summary>Reads the folder.</summary>
    public KernelSources() => _files = Directory.GetFiles(SimulatorBuild.Kernels).Where(path => Path.GetExtension(path) is ".cu" or ".cuh")
        .Order(StringComparer.Ordinal).Select(path => new KernelSource(Path.GetFileName(path), File.ReadAllText(path))).ToDictionary(source => source.File);

    /// <summary>Every file.</summary>
    public IEnumerable<KernelSource> Files => _files.Values;

    /// <summary>Names of the .cu files, without extension.</summary>
    public IEnumerable<string> Families => _files.Keys.Where(file => file.EndsWith(".cu", StringComparison.Ordinal)).Select(file => Path.GetFileNameWithoutExtension(file));

    /// <summary>The kernels of a family.</summary>
    public IEnumerable<string> KernelsOf(string family) => Head().Matches(_files[$"{family}.cu"].Text).Select(match => match.Groups[1].Value);

    /// <summary>Every mutant, in the order of files and lines; each differs from all others.</summary>
    public IReadOnlyList<Mutant> Mutants() =>
        [.. Files.SelectMany(source => TokenOperators.Mutate(source).Concat(StatementOperators.Mutate(source)).Concat(BranchOperators.Mutate(source)).OrderBy(m => m.Line))
            .Where(mutant => mutant.Region.Length > 0 && mutant.Text != _files[mutant.File].Text).DistinctBy(mutant => mutant.Text)
            .GroupBy(mutant => mutant.Key).SelectMany(same => same.Select((mutant, i) => mutant with { Ordinal = i }))];

    /// <summary>The families that a mutant changes: its own, or those that reach the changed function of a header by name.</summary>
    public IReadOnlyList<string> FamiliesOf(Mutant mutant)
    {
        if (mutant.File.EndsWith(".cu", StringComparison.Ordinal))
        {
            return [Path.GetFileNameWithoutExtension(mutant.File)];
        }

        HashSet<string> reached = [mutant.Name];
        IReadOnlyList<(string Name, string Words)> pieces = [.. Files.Where(source => source.File.EndsWith(".cuh", StringComparison.Ordinal))
            .SelectMany(source => source.Regions.Select(region => (region.Name.Split("::")[0], source.Text[region.Start..region.End])))];
        while (pieces.Where(piece => !reached.Contains(piece.Name) && Mentions(piece.Words, reached)).Select(piece => piece.Name).ToList() is { Count: > 0 } more)
        {
            reached.UnionWith(more);
        }

        return [.. Families.Where(family => Includes($"{family}.cu", mutant.File) && Mentions(_files[$"{family}.cu"].Text, reached))];
    }

    private static bool Mentions(string text, HashSet<string> names) => Word().Matches(text).Any(match => names.Contains(match.Value));

    private bool Includes(string file, string header) => Include().Matches(_files[file].Text).Select(match => match.Groups[1].Value)
        .Any(included => included == header || (_files.ContainsKey(included) && Includes(included, header)));

    [GeneratedRegex(@"^GB_KERNEL\((\w+)", RegexOptions.Multiline)]
    private static partial Regex Head();

    [GeneratedRegex(@"^#include ""(\w+\.cuh)""", RegexOptions.Multiline)]
    private static partial Regex Include();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
