using System.Collections.Concurrent;

namespace Gimbal.Mutants;

/// <summary>What a run is asked for.</summary>
/// <param name="Count">Mutants to draw.</param>
/// <param name="Seed">Of the draw.</param>
/// <param name="Workers">Processes at a time.</param>
/// <param name="Only">Part of the keys of those that run.</param>
/// <param name="Keep">Whether what was caught stays caught.</param>
internal sealed record RunOptions(int Count, int Seed, int Workers, string Only, bool Keep);

/// <summary>One run over the drawn mutants.</summary>
internal static class MutationRun
{
    /// <summary>Runs; the exit code: 0 where every survivor is argued to behave as the original.</summary>
    public static int Run(RunOptions options)
    {
        KernelSources sources = new();
        Equivalents equivalents = Equivalents.Read();
        IReadOnlyList<Mutant> made = sources.Mutants();
        IReadOnlyList<Mutant> drawn = Sample.Of(made, options.Count, options.Seed);
        Dictionary<string, Result> earlier = ResultFile.Read();
        ConcurrentDictionary<string, Result> results = new(drawn.Where(m => IsKept(m, options, earlier)).Select(m => KeyValuePair.Create(m.Key, earlier[m.Key] with { Line = m.Line })));
        Mutant[] left = [.. drawn.Where(mutant => !results.ContainsKey(mutant.Key) && mutant.Key.Contains(options.Only, StringComparison.Ordinal))];
        Console.Error.WriteLine($"{made.Count} made, {drawn.Count} drawn, {left.Length} to run");
        if (left.Length > 0)
        {
            RunAll(sources, left, results, options.Workers);
        }

        ResultFile.Write(results.Values);
        int wrong = Report.Write([.. results.Values], made.Count, drawn.Count, sources, equivalents);
        Console.Error.WriteLine($"{results.Values.Count(r => r.Outcome == Outcome.Survived)} of {results.Count} survive, {wrong} of them without an argument");
        return wrong == 0 ? 0 : 1;
    }

    private static bool IsKept(Mutant mutant, RunOptions options, Dictionary<string, Result> earlier) => earlier.TryGetValue(mutant.Key, out Result? result)
        && (!mutant.Key.Contains(options.Only, StringComparison.Ordinal) || (options.Keep && result.Outcome != Outcome.Survived));

    private static void RunAll(KernelSources sources, Mutant[] left, ConcurrentDictionary<string, Result> results, int workers)
    {
        Judge judge = new(sources);
        judge.RunControls(left, workers);
        int done = 0;
        Parallel.ForEach(Partitioner.Create(left, loadBalance: true), new ParallelOptions { MaxDegreeOfParallelism = workers }, mutant =>
        {
            Result result = judge.Run(mutant);
            results[mutant.Key] = result;
            Console.Error.WriteLine($"{Interlocked.Increment(ref done)}/{left.Length} {result.Outcome} ({mutant.Operator}) {mutant.Key} {(result.By.Length > 160 ? result.By[..160] : result.By)}");
            lock (results)
            {
                ResultFile.Write(results.Values);
            }
        });
    }
}
