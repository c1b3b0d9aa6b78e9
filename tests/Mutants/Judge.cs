using System.Text.Json;
using Gimbal.CudaSimulator;

namespace Gimbal.Mutants;

/// <summary>Builds a mutant, runs what the tests run of its families, and says what became of it.</summary>
internal sealed class Judge
{
    private const int LeastSeconds = 20;
    private const int Slowness = 4;

    private static readonly string[] s_plain = [];
    private readonly KernelSources _sources;
    private readonly IReadOnlyList<CaseCost> _cases;
    private readonly Dictionary<string, string> _familyOf;
    private readonly Dictionary<(string Family, Stage Stage), double> _controls = [];

    /// <summary>Lists the op cases; the simulator is built first, once.</summary>
    public Judge(KernelSources sources)
    {
        _sources = sources;
        _ = SimulatorBuild.Folder;
        _cases = [.. JsonSerializer.Deserialize<List<CaseCost>>(WorkerProcess.List())!.OrderBy(cost => cost.Milliseconds)];
        _familyOf = sources.Families.SelectMany(family => sources.KernelsOf(family).Select(kernel => (kernel, family))).ToDictionary(pair => pair.kernel, pair => pair.family);
    }

    /// <summary>Runs the unchanged kernels of the families that mutants change: they must survive, and say how long a family takes.</summary>
    /// <exception cref="InvalidOperationException">A check fails without a mutant.</exception>
    public void RunControls(IEnumerable<Mutant> mutants, int workers)
    {
        List<Mutant> all = [.. mutants];
        IEnumerable<string> families = all.SelectMany(_sources.FamiliesOf).Concat(all.Any(IsOfPrelude) ? [KernelSources.Prelude] : []).Distinct();
        Parallel.ForEach(families.SelectMany(family => Enum.GetValues<Stage>().Select(stage => (family, stage))), new ParallelOptions { MaxDegreeOfParallelism = workers }, control =>
        {
            (Outcome outcome, string by, double seconds) = WorkerProcess.Check(control.stage, [], CasesOf([control.family], ""), ClassesOf([control.family], control.stage), 0);
            if (outcome != Outcome.Survived)
            {
                throw new InvalidOperationException($"{control.family}, unchanged: {outcome}: {by}");
            }

            lock (_controls)
            {
                _controls[control] = seconds;
            }

            Console.Error.WriteLine($"control {control.family} {control.stage}: {seconds:f1} s of processor time");
        });
    }

    /// <summary>What became of a mutant.</summary>
    public Result Run(Mutant mutant)
    {
        using MutantBuild build = new(mutant);
        if (IsOfPrelude(mutant))
        {
            string[] faults = [.. Directory.GetFiles(Path.Combine(SimulatorBuild.Sources, "misuses"), "*.cu").Select(path => Path.GetFileNameWithoutExtension(path)!)];
            if (build.Build("mutant.misuses", faults, Stage.Plain) is null || build.Build("mutant.misuses", faults, Stage.Checked) is not { } library)
            {
                return Result.Of(mutant, Outcome.Refused, "");
            }

            (Outcome outcome, string by, double _) = WorkerProcess.Check(
                Stage.Checked, [library], s_plain, ClassesOf([KernelSources.Prelude], Stage.Checked), LimitOf([KernelSources.Prelude], Stage.Checked));
            if (outcome != Outcome.Survived)
            {
                return Result.Of(mutant, outcome, by);
            }
        }

        return RunFamilies(mutant, build);
    }

    private static bool IsOfPrelude(Mutant mutant) => mutant.File == KernelSources.Prelude;

    private static IReadOnlyList<string> ClassesOf(IReadOnlyList<string> families, Stage stage) => stage == Stage.Plain ? []
        : families.Contains(KernelSources.Prelude) ? ["PreludeTests", "SimulatorKernelTests"]
        : families.Contains("convert") ? ["BatchPictureTests"]
        : [];

    private Result RunFamilies(Mutant mutant, MutantBuild build)
    {
        IReadOnlyList<string> families = _sources.FamiliesOf(mutant);
        if (families.Count == 0)
        {
            return Result.Of(mutant, Outcome.Survived, "");
        }

        IReadOnlyList<string> cases = CasesOf(families, mutant.Name);
        foreach (Stage stage in Enum.GetValues<Stage>())
        {
            if (build.Build("mutant", families, stage) is not { } library)
            {
                return Result.Of(mutant, Outcome.Refused, "");
            }

            // Checked twins are looked for beside the plain ones, which exist by then.
            (Outcome outcome, string by, double _) = WorkerProcess.Check(stage, [library], cases, ClassesOf(families, stage), LimitOf(families, stage));
            if (outcome != Outcome.Survived)
            {
                return Result.Of(mutant, outcome, by);
            }
        }

        return Result.Of(mutant, Outcome.Survived, "");
    }

    private int LimitOf(IEnumerable<string> families, Stage stage) => LeastSeconds + (int)(Slowness * families.Sum(family => _controls[(family, stage)]));

    // Cheap cases first, and before all others those that launch the changed kernel.
    private IReadOnlyList<string> CasesOf(IReadOnlyList<string> families, string kernel) =>
        [.. _cases.Where(cost => cost.Kernels.Any(name => families.Contains(_familyOf[name]))).OrderBy(cost => cost.Kernels.Contains(kernel) ? 0 : 1).Select(cost => cost.Name)];
}
