namespace Gimbal.Mutants;

/// <summary>Operators on statements: dropped barriers, fences, waits and assignments, moved barriers, first values that nobody set.</summary>
internal static class StatementOperators
{
    private const string NotANumber = "__builtin_nanf(\"\")";
    private static readonly string[] s_barriers = ["__syncthreads"];
    private static readonly string[] s_fences = ["gb_fence", "gb_cp_wait", "gb_cp_commit"];
    private static readonly string[] s_assignments = ["=", "+=", "-=", "*=", "/=", "^=", "|=", "&=", ">>=", "<<="];
    private static readonly string[] s_types = ["float", "double", "int", "u32", "bool", "float4", "SquareSum"];

    /// <summary>Every mutant of a source by these operators.</summary>
    public static IEnumerable<Mutant> Mutate(KernelSource source)
    {
        List<(int From, int To)> statements = [.. Statements(source)];
        for (int s = 0; s < statements.Count; s++)
        {
            (int from, int to) = statements[s];
            KernelToken first = source.Tokens[from];
            int start = first.Start;
            int end = source.Tokens[to].End;
            if (s_barriers.Contains(first.Text))
            {
                yield return Mutant.Of("barrier dropped", source, start, end, ";");
                foreach (Mutant moved in Moved(source, statements, s))
                {
                    yield return moved;
                }
            }
            else if (s_fences.Contains(first.Text))
            {
                yield return Mutant.Of(first.Is("gb_fence") ? "fence dropped" : "wait dropped", source, start, end, ";");
                if (first.Is("gb_cp_wait"))
                {
                    string weaker = source.Text[start..end].Replace("<", "<1 + ", StringComparison.Ordinal);
                    yield return Mutant.Of("wait weakened", source, start, end, weaker);
                }
            }
            else if (IsAssignment(source, from, to) || IsCall(source, from, to))
            {
                yield return Mutant.Of("statement dropped", source, start, end, ";");
            }
            else if (FirstValue(source, from, to) is { } value)
            {
                yield return Mutant.Of("first value lost", source, source.Tokens[value].Start, source.Tokens[value].End, NotANumber);
            }
        }
    }

    // A statement starts behind ; { } or else, or behind the parenthesis of an if or a for, and ends at its semicolon.
    private static IEnumerable<(int From, int To)> Statements(KernelSource source)
    {
        IReadOnlyList<KernelToken> tokens = source.Tokens;
        for (int i = 1; i < tokens.Count; i++)
        {
            if (tokens[i].Kind == TokenKind.Symbol && !tokens[i].Is("*"))
            {
                continue;
            }

            KernelToken before = tokens[i - 1];
            bool isFirst = before.Text is ";" or "{" or "}" or "else" || (before.Is(")") && ClosesCondition(tokens, i - 1));
            if (isFirst && EndOf(tokens, i) is int end)
            {
                yield return (i, end);
            }
        }
    }

    private static bool ClosesCondition(IReadOnlyList<KernelToken> tokens, int close)
    {
        int depth = 0;
        for (int i = close; i > 0; i--)
        {
            depth += tokens[i].Is(")") ? 1 : tokens[i].Is("(") ? -1 : 0;
            if (depth == 0)
            {
                return tokens[i - 1].Text is "if" or "for" or "while";
            }
        }

        return false;
    }

    private static int? EndOf(IReadOnlyList<KernelToken> tokens, int from)
    {
        int depth = 0;
        for (int i = from; i < tokens.Count; i++)
        {
            depth += tokens[i].Text is "(" or "[" or "{" ? 1 : tokens[i].Text is ")" or "]" or "}" ? -1 : 0;
            if (depth < 0)
            {
                return null;
            }

            if (depth == 0 && tokens[i].Is(";"))
            {
                return i;
            }
        }

        return null;
    }

    // No declaration: nothing but one operand, written without spaces, stands to the left of the assignment.
    private static bool IsAssignment(KernelSource source, int from, int to)
    {
        int at = Enumerable.Range(from, to - from).FirstOrDefault(i => s_assignments.Contains(source.Tokens[i].Text), -1);
        bool isStep = to - from == 2 && source.Tokens[from + 1].Text is "++" or "--";
        return isStep || (at > from && (source.Tokens[from].Is("*") || source.Tokens[from].Kind == TokenKind.Word)
            && Enumerable.Range(from + 1, at - from - 1).All(i => source.Tokens[i].Kind != TokenKind.Word || source.Tokens[i - 1].Kind == TokenKind.Symbol)
            && !s_types.Contains(source.Tokens[from].Text));
    }

    private static bool IsCall(KernelSource source, int from, int to) =>
        source.Tokens[to - 1].Is(")") && !s_types.Contains(source.Tokens[from].Text) && source.Tokens[from].Text is not ("return" or "if" or "for" or "while" or "template" or "using")
        && Enumerable.Range(from, to - from).First(i => source.Tokens[i].Text is "(" || (i > from && source.Tokens[i].Kind == TokenKind.Word && source.Tokens[i - 1].Kind == TokenKind.Word)) is int at
        && source.Tokens[at].Is("(");

    private static IEnumerable<Mutant> Moved(KernelSource source, List<(int From, int To)> statements, int s)
    {
        (int from, int to) = statements[s];
        string barrier = source.Text[source.Tokens[from].Start..source.Tokens[to].End];
        int start = source.Tokens[from].Start;
        int end = source.Tokens[to].End;
        if (s > 0 && statements[s - 1].To == from - 1)
        {
            int earlier = source.Tokens[statements[s - 1].From].Start;
            string between = source.Text[earlier..start];
            yield return Mutant.Of("barrier moved", source, earlier, end, $"{barrier} {between.TrimEnd()}");
        }

        if (s + 1 < statements.Count && statements[s + 1].From == to + 1)
        {
            int later = source.Tokens[statements[s + 1].To].End;
            yield return Mutant.Of("barrier moved", source, start, later, $"{source.Text[end..later].TrimStart()} {barrier}");
        }
    }

    // The zero of `float sum = 0;`, `double sum = 0;` and the first one of `float sums[2] = {0, 0};`.
    private static int? FirstValue(KernelSource source, int from, int to)
    {
        IReadOnlyList<KernelToken> tokens = source.Tokens;
        bool isFloating = tokens[from].Text is "float" or "double" || (tokens[from].Is("Moments") && tokens[from + 1].Is("<"));
        int at = Enumerable.Range(from, to - from).FirstOrDefault(i => tokens[i].Is("="), -1);
        int value = at < 0 ? -1 : tokens[at + 1].Is("{") ? at + 2 : at + 1;
        return isFloating && value > 0 && tokens[value].Is("0") ? value : null;
    }
}
