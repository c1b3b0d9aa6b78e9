using System.Text.RegularExpressions;

namespace Gimbal.Mutants;

/// <summary>One .cu or .cuh file as the operators see it: tokens of the code that runs, with the function each belongs to.</summary>
/// <remarks>Left out are comments, preprocessor lines, string literals and what only a device compiler reads (the first half of each pair of prelude.cuh).</remarks>
internal sealed partial class KernelSource
{
    private readonly int[] _lineStarts;
    private readonly List<(int Start, string Name)> _regions = [];

    /// <summary>Reads a file's text.</summary>
    public KernelSource(string file, string text)
    {
        (File, Text) = (file, text);
        _lineStarts = [0, .. Enumerable.Range(0, text.Length).Where(i => text[i] == '\n').Select(i => i + 1)];
        Tokens = Tokenize();
        FindRegions();
    }

    /// <summary>Its name, without a folder.</summary>
    public string File { get; }

    /// <summary>All of it.</summary>
    public string Text { get; }

    /// <summary>The tokens in order.</summary>
    public IReadOnlyList<KernelToken> Tokens { get; }

    /// <summary>Number of the line that holds an offset, from 1.</summary>
    public int LineOf(int offset)
    {
        int found = Array.BinarySearch(_lineStarts, offset);
        return found >= 0 ? found + 1 : ~found;
    }

    /// <summary>Offset of the first character of a line.</summary>
    public int StartOfLine(int line) => line <= _lineStarts.Length ? _lineStarts[line - 1] : Text.Length;

    /// <summary>The kernel, function or struct (with its member) that holds an offset; empty between them.</summary>
    public string RegionOf(int offset) => _regions.LastOrDefault(region => region.Start <= offset).Name ?? "";

    /// <summary>Where a region starts and ends.</summary>
    public IReadOnlyList<(string Name, int Start, int End)> Regions =>
        [.. _regions.Select((region, i) => (region.Name, region.Start, i + 1 < _regions.Count ? _regions[i + 1].Start : Text.Length))];

    private List<KernelToken> Tokenize()
    {
        List<KernelToken> tokens = [];
        bool[] isDead = DeadLines();
        foreach (Match match in Lexer().Matches(Text))
        {
            TokenKind? kind = match.Groups["word"].Success ? TokenKind.Word
                : match.Groups["number"].Success ? TokenKind.Number
                : match.Groups["symbol"].Success ? TokenKind.Symbol
                : null;
            if (kind is { } known && !isDead[LineOf(match.Index) - 1])
            {
                tokens.Add(new(known, match.Value, match.Index));
            }
        }

        return tokens;
    }

    // Preprocessor lines with their continuations, and what stands between #if GB_DEVICE_BUILD and its #else.
    private bool[] DeadLines()
    {
        string[] lines = Text.Split('\n');
        bool[] isDead = new bool[lines.Length];
        Stack<bool> isDeviceOnly = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimStart();
            bool isContinued = i > 0 && isDead[i - 1] && lines[i - 1].EndsWith('\\');
            isDead[i] = line.StartsWith('#') || isContinued || isDeviceOnly.Contains(true);
            if (line.StartsWith("#if", StringComparison.Ordinal))
            {
                isDeviceOnly.Push(line.Contains("GB_DEVICE_BUILD", StringComparison.Ordinal) || line.Contains("__clang__", StringComparison.Ordinal));
            }
            else if (line.StartsWith("#else", StringComparison.Ordinal))
            {
                isDeviceOnly.Push(!isDeviceOnly.Pop() && isDeviceOnly.Contains(true));
            }
            else if (line.StartsWith("#endif", StringComparison.Ordinal))
            {
                isDeviceOnly.Pop();
            }
        }

        return isDead;
    }

    private void FindRegions()
    {
        string owner = "";
        for (int line = 1; line <= _lineStarts.Length; line++)
        {
            string text = Text[StartOfLine(line)..StartOfLine(line + 1)].TrimEnd();
            if (KernelHead().Match(text) is { Success: true } kernel)
            {
                _regions.Add((StartOfLine(line), kernel.Groups[1].Value));
            }
            else if (StructHead().Match(text) is { Success: true } type)
            {
                owner = text.EndsWith('}') || text.EndsWith("};", StringComparison.Ordinal) ? "" : type.Groups[1].Value;
                _regions.Add((StartOfLine(line), type.Groups[1].Value));
            }
            else if (FunctionHead().Match(text) is { Success: true } function)
            {
                bool isMember = text.StartsWith(' ') && owner.Length > 0;
                _regions.Add((StartOfLine(line), isMember ? $"{owner}::{function.Groups[1].Value}" : function.Groups[1].Value));
            }
        }
    }

    [GeneratedRegex(@"(?<skip>//[^\n]*|/\*.*?\*/|""(?:[^""\\\n]|\\.)*"")|(?<number>(?:0x[0-9A-Fa-f]+|\d+\.?\d*(?:[eE][-+]?\d+)?)[fFuUlL]*)|(?<word>[A-Za-z_]\w*)|(?<symbol><<=|>>=|&&|\|\||<<|>>|<=|>=|==|!=|\+\+|--|\+=|-=|\*=|/=|%=|&=|\|=|\^=|->|::|[^\s\w])", RegexOptions.Singleline)]
    private static partial Regex Lexer();

    [GeneratedRegex(@"^GB_KERNEL\((\w+)")]
    private static partial Regex KernelHead();

    [GeneratedRegex(@"^(?:template <[^>]*> )?struct (\w+)")]
    private static partial Regex StructHead();

    [GeneratedRegex(@"^\s*(?:template <.*> )?(?:GB_DEVICE|static inline) (?:explicit |static )*(?:[\w:<>*]+ )*?(\w+)\(")]
    private static partial Regex FunctionHead();
}
