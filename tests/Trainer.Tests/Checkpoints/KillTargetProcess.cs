using System.Diagnostics;

namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>The program in tests/KillTarget, built beside the tests.</summary>
internal static class KillTargetProcess
{
    private static readonly string Assembly = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "KillTarget", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "KillTarget.dll"));

    /// <summary>How to start it.</summary>
    public static ProcessStartInfo Start(params string[] arguments) => new("dotnet", [Assembly, .. arguments]);

    /// <summary>Runs it to its end under a tracer.</summary>
    /// <param name="tracer">The tracer and its options.</param>
    /// <param name="arguments">Arguments of the program.</param>
    /// <returns>Exit code and standard error.</returns>
    public static (int ExitCode, string Error) RunUnder(string[] tracer, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(tracer[0], [.. tracer[1..], "dotnet", Assembly, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
