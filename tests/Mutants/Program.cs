using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Gimbal.Mutants;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

Option<int> count = new("--count") { Description = "How many mutants to draw, about", DefaultValueFactory = _ => 240 };
Option<int> seed = new("--seed") { Description = "Of the draw", DefaultValueFactory = _ => 1 };
Option<int> workers = new("--workers") { Description = "Processes at a time", DefaultValueFactory = _ => 2 };
Option<string> only = new("--only") { Description = "Mutants whose file, function or text contains this; the results of others stay", DefaultValueFactory = _ => "" };
Option<bool> keep = new("--keep") { Description = "Leave alone what an earlier run caught: for new cases, which take nothing away" };
Command run = new("run", "Make mutants, run them and write results.md and results.json") { count, seed, workers, only, keep };
run.SetAction(parsed => MutationRun.Run(
    new(parsed.GetValue(count), parsed.GetValue(seed), parsed.GetValue(workers), parsed.GetRequiredValue(only), parsed.GetValue(keep))));

Command made = new("made", "Print the mutants a run would draw") { count, seed, only };
made.SetAction(parsed =>
{
    IReadOnlyList<Mutant> drawn = Sample.Of(new KernelSources().Mutants(), parsed.GetValue(count), parsed.GetValue(seed));
    foreach (Mutant mutant in drawn.Where(mutant => mutant.Key.Contains(parsed.GetRequiredValue(only), StringComparison.Ordinal)))
    {
        Console.WriteLine($"{mutant.Operator}\t{mutant.Key}");
    }
});

Command list = new("list", "For the run's own processes: the op cases as JSON") { Hidden = true };
list.SetAction(_ => Worker.List());

Argument<Stage> stage = new("stage");
Argument<FileInfo> cases = new("cases");
Argument<string> classes = new("classes");
Argument<string[]> libraries = new("libraries") { Arity = ArgumentArity.ZeroOrMore };
Command check = new("check", "For the run's own processes: one stage of one mutant") { stage, cases, classes, libraries };
check.Hidden = true;
check.SetAction(parsed => Worker.Check(
    parsed.GetValue(stage), parsed.GetValue(libraries) ?? [], File.ReadAllLines(parsed.GetRequiredValue(cases).FullName), parsed.GetRequiredValue(classes).Split(',', StringSplitOptions.RemoveEmptyEntries)));

using (Process own = Process.GetCurrentProcess())
{
    // One that was started with less stays there.
    if (own.PriorityClass == ProcessPriorityClass.Normal)
    {
        own.PriorityClass = ProcessPriorityClass.BelowNormal;
    }
}

return new RootCommand("Mutants of the CUDA kernels on the simulated driver") { run, made, list, check }.Parse(args).Invoke();
