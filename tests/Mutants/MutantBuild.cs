using System.Diagnostics;
using System.Text.RegularExpressions;
using Gimbal.CudaSimulator;

namespace Gimbal.Mutants;

/// <summary>The host twins of the families one mutant changes, in a folder of its own that goes with it.</summary>
internal sealed partial class MutantBuild : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gimbal-mutant-").FullName;

    /// <summary>Copies the kernels and the planted faults beside them, with the one file changed: an include with quotes finds the copy.</summary>
    public MutantBuild(Mutant mutant)
    {
        string[] folders = [SimulatorBuild.Kernels, Path.Combine(SimulatorBuild.Sources, "misuses")];
        foreach (string path in folders.SelectMany(Directory.GetFiles).Where(path => Path.GetExtension(path) is ".cu" or ".cuh"))
        {
            File.Copy(path, Path.Combine(_folder, Path.GetFileName(path)));
        }

        File.WriteAllText(Path.Combine(_folder, mutant.File), mutant.Text);
    }

    /// <summary>Builds some families into one library; its path without .so, or null where g++ refuses.</summary>
    /// <param name="name">Of the library.</param>
    /// <param name="families">Names of .cu files without extension.</param>
    /// <param name="stage">Which of both builds.</param>
    public string? Build(string name, IReadOnlyList<string> families, Stage stage)
    {
        string what = stage == Stage.Plain ? "plain" : "checked";
        ProcessStartInfo start = new(
            "sh", [Path.Combine(SimulatorBuild.Sources, "build.sh"), _folder, what, name, .. families.Select(family => Path.Combine(_folder, $"{family}.cu"))])
        {
            RedirectStandardError = true,
        };
        // What a mutant leaves unused is no reason to refuse it. Most are built once and run for a second.
        start.Environment["KERNEL_FLAGS"] = stage == Stage.Plain ? "-w -O1 -g0" : "-w";
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        // Who refuses a source names a place in it: a full disk does not.
        return process.ExitCode == 0 ? Path.Combine(_folder, name)
            : PlaceOfError().IsMatch(error) ? null
            : throw new InvalidOperationException($"g++ failed on {_folder}:{Environment.NewLine}{error}");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@":\d+:\d+: (fatal )?error: (?!.*No space left)")]
    private static partial Regex PlaceOfError();
}
