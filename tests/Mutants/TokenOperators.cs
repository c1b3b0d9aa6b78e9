using System.Globalization;
using System.Text.RegularExpressions;

namespace Gimbal.Mutants;

/// <summary>Operators that replace one token: bounds, arithmetic, constants, swapped names.</summary>
internal static partial class TokenOperators
{
    private static readonly Dictionary<string, string[]> s_relations = new()
    {
        ["<"] = ["<="],
        ["<="] = ["<"],
        [">"] = [">="],
        [">="] = [">"],
        ["=="] = ["!="],
        ["!="] = ["=="],
    };

    private static readonly Dictionary<string, string[]> s_arithmetic = new()
    {
        ["+"] = ["-"],
        ["-"] = ["+"],
        ["*"] = ["/"],
        ["/"] = ["*"],
        ["%"] = ["/"],
        ["+="] = ["=", "-="],
        ["-="] = ["+="],
        ["*="] = ["="],
        ["/="] = ["="],
        [">>="] = ["<<="],
        [">>"] = ["<<"],
        ["<<"] = [">>"],
        ["&"] = ["|"],
        ["|"] = ["&"],
        ["^="] = ["="],
    };

    // Names that stand for the same thing along another axis, of another operand or at another level.
    private static readonly string[][] s_partners =
    [
        ["h", "w"], ["p", "q"], ["r", "s"], ["strideH", "strideW"], ["padTop", "padLeft"], ["dilationH", "dilationW"], ["windowH", "windowW"],
        ["rows", "columns"], ["row", "column"], ["top", "left"], ["phaseH", "phaseW"], ["channels", "filters"], ["n", "c"], ["c", "m"], ["a", "b"],
        ["rowTiles", "columnTiles"], ["firstRow", "firstColumn"], ["fromX", "fromY"], ["shiftX", "shiftY"], ["cutX", "cutY"], ["outerH", "outerW"],
        ["outerC", "outerW"], ["lane", "part"], ["lane", "channel"], ["first", "second"], ["beta1", "beta2"], ["gamma", "beta"], ["mean", "variance"],
        ["oldMean", "oldVariance"], ["nextMean", "nextVariance"], ["gradGamma", "gradBeta"], ["weight", "gradient"], ["loss", "correct"],
        ["rowLoss", "rowCorrect"], ["count", "channels"], ["chunks", "channels"], ["chunk", "channel"], ["tile", "lanes"], ["split", "column"],
        ["to", "from"], ["scale", "inverse"], ["squares", "mean"], ["large", "small"], ["images", "pixels"], ["image", "pixel"], ["x", "y"], ["z", "w"],
        ["near", "far"], ["alpha", "momentum"], ["added", "kept"], ["firstStep", "steps"], ["inner", "columns"], ["inner", "rows"], ["splits", "columns"],
        ["quad", "row"], ["kRows", "kColumns"], ["kRowFloats", "kColumnFloats"], ["rowTile", "columnTile"], ["pitch", "filters"], ["first", "end"],
    ];

    private static readonly string[] s_builtIn = ["threadIdx", "blockIdx"];

    /// <summary>Every mutant of a source by these operators.</summary>
    public static IEnumerable<Mutant> Mutate(KernelSource source)
    {
        for (int i = 0; i < source.Tokens.Count; i++)
        {
            KernelToken token = source.Tokens[i];
            if (IsHeading(source, token) || IsField(source, token))
            {
                continue;
            }

            foreach ((string op, string replacement) in Replacements(source, i))
            {
                yield return Mutant.Of(op, source, token.Start, token.End, replacement);
            }
        }
    }

    // The name, the size of a block and the parameter of a kernel: the simulator compares them with the PTX.
    private static bool IsHeading(KernelSource source, KernelToken token)
    {
        int line = source.StartOfLine(source.LineOf(token.Start));
        string text = source.Text[line..];
        return text.StartsWith("GB_KERNEL(", StringComparison.Ordinal) && token.Start < line + text.IndexOf('{', StringComparison.Ordinal);
    }

    // Names that a struct declares.
    private static bool IsField(KernelSource source, KernelToken token)
    {
        int line = source.LineOf(token.Start);
        return Field().IsMatch(source.Text[source.StartOfLine(line)..source.StartOfLine(line + 1)].Trim());
    }

    [GeneratedRegex(@"^(?:const )?\w+\*? \w+(?:, \w+)*;$|^struct .*(?:\{ \w+ \w+(?:, \w+)*; \}|\(&\w+\).*);$")]
    private static partial Regex Field();

    private static IEnumerable<(string Operator, string Replacement)> Replacements(KernelSource source, int i)
    {
        KernelToken token = source.Tokens[i];
        bool isBinary = IsSpaced(source.Text, token);
        if (token.Kind == TokenKind.Symbol)
        {
            if (isBinary && s_relations.TryGetValue(token.Text, out string[]? relations))
            {
                return relations.Select(text => ("bound", text));
            }

            if (isBinary && s_arithmetic.TryGetValue(token.Text, out string[]? operations))
            {
                return operations.Select(text => ("arithmetic", text));
            }

            return token.Text is "++" && i > 0 && source.Tokens[i - 1].Kind == TokenKind.Symbol && source.Tokens[i + 1].Kind == TokenKind.Word ? [("arithmetic", "")] : [];
        }

        return token.Kind == TokenKind.Number ? Constants(source, i).Select(text => ("constant", text)) : Partners(source, i).Select(text => ("swap", text));
    }

    // The house style puts spaces around binary operators only: a template's bracket, a pointer's star and a sign have none on one side.
    private static bool IsSpaced(string text, KernelToken token) => token.Start > 0 && text[token.Start - 1] == ' ' && char.IsWhiteSpace(text[token.End]);

    private static IEnumerable<string> Constants(KernelSource source, int i)
    {
        string text = source.Tokens[i].Text;
        string digits = text.TrimEnd('f', 'F', 'u', 'U', 'l', 'L');
        string suffix = text[digits.Length..];
        if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            uint bits = uint.Parse(text.AsSpan(2).TrimEnd("uUlL"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return [$"0x{bits + 1:X}u", $"0x{bits ^ 0x100:X}u"];
        }

        if (digits.Contains('.') || digits.Contains('e') || suffix.Contains('f'))
        {
            double value = double.Parse(digits, CultureInfo.InvariantCulture);
            string written = (value == 0 ? 1 : value * 1.01).ToString("g12", CultureInfo.InvariantCulture);
            return [(written.Contains('.') || written.Contains('e') ? written : $"{written}.0") + suffix];
        }

        int whole = int.Parse(digits, CultureInfo.InvariantCulture);
        bool isExtent = i > 0 && source.Tokens[i - 1].Is("[") && source.Tokens[i + 1].Is("]") && IsDeclared(source, i);
        IEnumerable<int> others = isExtent ? [whole - 1]
            : whole == 0 ? [1]
            : whole == 1 ? [0, 2]
            : int.IsPow2(whole) && whole > 2 ? [whole - 1, whole + 1, whole / 2]
            : [whole - 1, whole + 1];
        return others.Select(other => other.ToString(CultureInfo.InvariantCulture) + suffix);
    }

    // Whether a number in brackets is the extent of an array that the line declares: a larger one changes nothing.
    private static bool IsDeclared(KernelSource source, int i)
    {
        int line = source.StartOfLine(source.LineOf(source.Tokens[i].Start));
        string text = source.Text[line..source.Tokens[i].Start].Trim();
        return text.StartsWith("GB_SHARED", StringComparison.Ordinal)
            || (text.Split(' ')[0] is "float" or "double" or "float4" or "u32" or "UpdateElement" or "struct" && !text.Contains('='));
    }

    private static IEnumerable<string> Partners(KernelSource source, int i)
    {
        string name = source.Tokens[i].Text;
        bool isMember = i > 1 && (source.Tokens[i - 1].Is(".") || source.Tokens[i - 1].Is("->"));
        bool isDeclared = i > 0 && source.Tokens[i - 1].Kind == TokenKind.Word && source.Tokens[i - 1].Text != "return";
        bool isTyped = i > 0 && source.Tokens[i - 1].Text is "*" or "&" or ">" && !IsSpaced(source.Text, source.Tokens[i - 1]);
        if (isDeclared || (isTyped && !isMember) || (isMember && s_builtIn.Contains(source.Tokens[i - 2].Text)))
        {
            return [];
        }

        IEnumerable<string> partners = s_partners.Where(pair => pair.Contains(name)).Select(pair => pair[0] == name ? pair[1] : pair[0]);
        (string region, int start, int end) = source.Regions.LastOrDefault(region => region.Start <= source.Tokens[i].Start);
        return region is null ? [] : partners.Where(partner => source.Tokens.Any(token => token.Is(partner) && (isMember || (token.Start >= start && token.Start < end))));
    }
}
