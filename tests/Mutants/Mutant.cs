namespace Gimbal.Mutants;

/// <summary>One change of the kernels' text.</summary>
/// <param name="Operator">What kind of change.</param>
/// <param name="File">The file, without a folder.</param>
/// <param name="Region">The kernel or function.</param>
/// <param name="Line">Where it starts, from 1.</param>
/// <param name="Before">The lines it touches, trimmed.</param>
/// <param name="After">What they become.</param>
/// <param name="Text">The whole file with the change.</param>
internal sealed record Mutant(string Operator, string File, string Region, int Line, string Before, string After, string Text)
{
    /// <summary>Counts mutants of one function that say the same.</summary>
    public int Ordinal { get; init; }

    /// <summary>Tells mutants apart by what they say, not where: moved lines keep their mutants.</summary>
    public string Key => $"{File} {Region}: {Before} => {After}{(Ordinal > 0 ? $" #{Ordinal + 1}" : "")}";

    /// <summary>The outermost name of the region.</summary>
    public string Name => Region.Split("::")[0];

    /// <summary>The source with one stretch replaced.</summary>
    public static Mutant Of(string op, KernelSource source, int start, int end, string replacement)
    {
        string text = source.Text[..start] + replacement + source.Text[end..];
        int first = source.StartOfLine(source.LineOf(start));
        int last = source.StartOfLine(source.LineOf(Math.Max(start, end - 1)) + 1);
        string before = source.Text[first..last];
        string after = text[first..(last + replacement.Length - (end - start))];
        return new(op, source.File, source.RegionOf(start), source.LineOf(start), Join(before), Join(after), text);
    }

    private static string Join(string lines) => string.Join(" ⏎ ", lines.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
}
