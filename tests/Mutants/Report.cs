using System.Globalization;
using System.Text;

namespace Gimbal.Mutants;

/// <summary>results.md: what was caught and how, by operator and by file, and every mutant that was not.</summary>
internal static class Report
{
    /// <summary>Writes the file and returns the number of mutants that survive without an argument, or are caught against one.</summary>
    /// <param name="results">Of the mutants that ran.</param>
    /// <param name="made">How many the operators make in all.</param>
    /// <param name="drawn">How many of them the draw takes: more than ran where a run was cut off.</param>
    /// <param name="sources">The kernels.</param>
    /// <param name="equivalents">The arguments.</param>
    public static int Write(IReadOnlyList<Result> results, int made, int drawn, KernelSources sources, Equivalents equivalents)
    {
        List<Result> ran = [.. results.Where(result => result.Outcome != Outcome.Refused)];
        List<Result> open = [.. ran.Where(result => result.Outcome == Outcome.Survived && equivalents.Argument(result.Key) is null)];
        List<Result> refuted = [.. ran.Where(result => result.Outcome != Outcome.Survived && equivalents.Argument(result.Key) is not null)];
        int caught = ran.Count(result => result.Outcome != Outcome.Survived);
        int equivalent = ran.Count - caught - open.Count;
        StringBuilder text = new();
        Line(text, $"# Mutants of the kernels\n");
        Line(text, $"Written by `dotnet cake --target=Mutants` ([how](../CudaSimulator/README.md#mutants)); [results.json](results.json) has every mutant.\n");
        Line(text, $"{made} mutants can be made, {drawn} are drawn, {results.Count} have been built, and g++ refuses {results.Count - ran.Count} of those. Of the {ran.Count} that ran **{caught} were caught**, {equivalent} behave as the");
        Line(text, $"original (argued below) and **{open.Count} survive**: {Share(caught, ran.Count - equivalent)} of those that can be caught.\n");
        Table(text, "operator", ran.GroupBy(result => result.Operator), equivalents);
        Table(text, "file", ran.GroupBy(result => result.File), equivalents);
        Kernels(text, ran, sources);
        Line(text, $"## Survivors\n");
        Line(text, $"{(open.Count == 0 ? "None." : "Nobody has argued that these behave as the original.")}\n");
        open.ForEach(result => Line(text, $"- {result.File}:{result.Line} {result.Region} ({result.Operator})\n  `{result.Before}`\n  `{result.After}`"));
        refuted.ForEach(result => Line(text, $"- argued equivalent, but caught: {result.Key}: {result.By}"));
        Arguments(text, ran, equivalents);
        File.WriteAllText(Path.Combine(Equivalents.Folder, "results.md"), text.ToString());
        return open.Count + refuted.Count;
    }

    private static void Table(StringBuilder text, string heading, IEnumerable<IGrouping<string, Result>> groups, Equivalents equivalents)
    {
        Line(text, $"| {heading} | ran | value | report | crash | time-out | equivalent | survived |");
        Line(text, $"|---|---|---|---|---|---|---|---|");
        foreach (IGrouping<string, Result> group in groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            int Of(Outcome outcome) => group.Count(result => result.Outcome == outcome);
            int argued = group.Count(result => result.Outcome == Outcome.Survived && equivalents.Argument(result.Key) is not null);
            Line(text, $"| {group.Key} | {group.Count()} | {Of(Outcome.Value)} | {Of(Outcome.Report)} | {Of(Outcome.Crash)} | {Of(Outcome.TimeOut)} | {argued} | {Of(Outcome.Survived) - argued} |");
        }

        Line(text, $"");
    }

    private static void Kernels(StringBuilder text, List<Result> ran, KernelSources sources)
    {
        string[] without = [.. sources.Families.SelectMany(sources.KernelsOf).Where(kernel => ran.All(result => result.Region != kernel))];
        string sentence = without.Length == 0 ? "Every kernel has a mutant of its own, besides those of the functions it calls" : $"Without a mutant of their own: {string.Join(", ", without)}";
        Line(text, $"{sentence}.\n");
    }

    private static void Arguments(StringBuilder text, List<Result> ran, Equivalents equivalents)
    {
        Line(text, $"\n## Mutants that behave as the original\n");
        foreach (EquivalentGroup group in equivalents.Groups)
        {
            List<Result> those = [.. ran.Where(result => result.Outcome == Outcome.Survived && group.Mutants.Contains(result.Key))];
            if (those.Count > 0)
            {
                Line(text, $"{group.Why}\n");
                those.ForEach(result => Line(text, $"- {result.File}:{result.Line} {result.Region} ({result.Operator})\n  `{result.Before}`\n  `{result.After}`"));
                Line(text, $"");
            }
        }
    }

    private static string Share(int part, int whole) => string.Create(CultureInfo.InvariantCulture, $"{(whole == 0 ? 1 : (double)part / whole) * 100:f1} %");

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
