namespace Gimbal.Mutants;

/// <summary>Operators on conditions: dropped predicates, decided branches, lost casts, the other of two extremes.</summary>
internal static class BranchOperators
{
    private static readonly string[] s_ends = [",", ";", ")", "]", "}", "?", ":", "&&", "||", "=", "return", "{", "(", "["];

    /// <summary>Every mutant of a source by these operators.</summary>
    public static IEnumerable<Mutant> Mutate(KernelSource source)
    {
        for (int i = 1; i < source.Tokens.Count - 1; i++)
        {
            IEnumerable<Mutant> mutants = source.Tokens[i].Text switch
            {
                "&&" => Operands(source, i, "true"),
                "||" => Operands(source, i, "false"),
                "if" => Conditions(source, i + 1),
                "?" => Branches(source, i),
                "gb_min" or "gb_max" when source.Tokens[i + 1].Is("(") && source.Tokens[i - 1].Kind == TokenKind.Symbol => Extremes(source, i),
                "<" when IsUnsigned(source, i) => Signed(source, i),
                _ => [],
            };
            foreach (Mutant mutant in mutants)
            {
                yield return mutant;
            }
        }
    }

    private static IEnumerable<Mutant> Operands(KernelSource source, int at, string neutral)
    {
        int left = Walk(source, at - 1, -1);
        int right = Walk(source, at + 1, 1);
        yield return Replace("predicate dropped", source, left, at - 1, neutral);
        yield return Replace("predicate dropped", source, at + 1, right, neutral);
    }

    private static IEnumerable<Mutant> Conditions(KernelSource source, int open)
    {
        int close = Closing(source, open);
        yield return Replace("branch decided", source, open + 1, close - 1, "true");
        yield return Replace("branch decided", source, open + 1, close - 1, "false");
    }

    private static IEnumerable<Mutant> Branches(KernelSource source, int question)
    {
        int colon = Colon(source, question);
        int end = Walk(source, colon + 1, 1, isLast: true);
        string whenTrue = Text(source, question + 1, colon - 1);
        string whenFalse = Text(source, colon + 1, end);
        yield return Replace("branch decided", source, question + 1, colon - 1, $"({whenFalse})");
        yield return Replace("branch decided", source, colon + 1, end, $"({whenTrue})");
    }

    private static IEnumerable<Mutant> Extremes(KernelSource source, int at) =>
        [Replace("extreme swapped", source, at, at, source.Tokens[at].Is("gb_min") ? "gb_max" : "gb_min")];

    // (u32)a < (u32)b is 0 <= a && a < b in one comparison.
    private static bool IsUnsigned(KernelSource source, int at) =>
        source.Tokens[at + 1].Is("(") && source.Tokens[at + 2].Is("u32") && LeftCast(source, at) is not null;

    private static int? LeftCast(KernelSource source, int at)
    {
        int left = Walk(source, at - 1, -1);
        return source.Tokens[left].Is("(") && source.Tokens[left + 1].Is("u32") ? left + 1 : null;
    }

    private static IEnumerable<Mutant> Signed(KernelSource source, int at)
    {
        int left = LeftCast(source, at)!.Value;
        string text = source.Text[source.Tokens[left].Start..source.Tokens[at + 2].End];
        yield return Replace("predicate dropped", source, left, at + 2, text.Replace("u32", "int", StringComparison.Ordinal));
    }

    // The last token, going in one direction, of the operand that starts at a token.
    private static int Walk(KernelSource source, int from, int direction, bool isLast = false)
    {
        string opens = direction > 0 ? "([{" : ")]}";
        string closes = direction > 0 ? ")]}" : "([{";
        int depth = 0;
        int i = from;
        for (; i > 0 && i < source.Tokens.Count; i += direction)
        {
            string text = source.Tokens[i].Text;
            if (depth == 0 && (closes.Contains(text) || (s_ends.Contains(text) && !opens.Contains(text) && !(isLast && text is "?" or ":" or "&&" or "||"))))
            {
                break;
            }

            depth += opens.Contains(text) ? 1 : closes.Contains(text) ? -1 : 0;
        }

        return i - direction;
    }

    private static int Closing(KernelSource source, int open)
    {
        int depth = 0;
        for (int i = open; ; i++)
        {
            depth += source.Tokens[i].Is("(") ? 1 : source.Tokens[i].Is(")") ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }
    }

    private static int Colon(KernelSource source, int question)
    {
        int depth = 0;
        for (int i = question + 1; ; i++)
        {
            string text = source.Tokens[i].Text;
            if (depth == 0 && text == ":")
            {
                return i;
            }

            depth += text is "(" or "[" or "{" or "?" ? 1 : text is ")" or "]" or "}" or ":" ? -1 : 0;
        }
    }

    private static string Text(KernelSource source, int from, int to) => source.Text[source.Tokens[from].Start..source.Tokens[to].End];

    private static Mutant Replace(string op, KernelSource source, int from, int to, string text) =>
        Mutant.Of(op, source, source.Tokens[from].Start, source.Tokens[to].End, text);
}
