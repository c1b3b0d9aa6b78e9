using System.Diagnostics;
using System.Globalization;

namespace Gimbal.Mutants;

/// <summary>Starts workers: what a mutant breaks is its own process.</summary>
internal static class WorkerProcess
{
    // A worker that neither ends nor uses the processor.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(15);

    /// <summary>The list of op cases.</summary>
    public static string List() => Start(["list"], secondsOfProcessor: 0).Output;

    /// <summary>Runs one stage; the outcome, what caught it, and the seconds of processor time it took.</summary>
    public static (Outcome Outcome, string By, double Seconds) Check(
        Stage stage, IReadOnlyList<string> libraries, IReadOnlyList<string> cases, IReadOnlyList<string> classes, int secondsOfProcessor)
    {
        string names = Path.GetTempFileName();
        File.WriteAllLines(names, cases);
        (int code, string output, string error) = Start(["check", stage.ToString(), names, string.Join(',', classes), .. libraries], secondsOfProcessor);
        File.Delete(names);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (code == 0 && lines is [.., { } measured, { } last] && measured.StartsWith(Worker.Seconds, StringComparison.Ordinal))
        {
            double seconds = double.Parse(measured.AsSpan(Worker.Seconds.Length), CultureInfo.InvariantCulture);
            string[] words = last.Split(' ', 3);
            return last == Worker.Survived ? (Outcome.Survived, "", seconds) : (Enum.Parse<Outcome>(words[1]), words[2], seconds);
        }

        // 128 + SIGXCPU, or 128 + SIGKILL where the hard limit or the patience ended it.
        return code is 152 or 137
            ? (Outcome.TimeOut, string.Create(CultureInfo.InvariantCulture, $"{stage}: more than {secondsOfProcessor} s of processor time"), 0)
            : (Outcome.Crash, $"{stage}: ended with {code} {error.Split('\n')[0]}", 0);
    }

    private static (int Code, string Output, string Error) Start(IReadOnlyList<string> arguments, int secondsOfProcessor)
    {
        // The limit counts processor time, so that a busy machine times nothing out.
        string limit = secondsOfProcessor > 0 ? string.Create(CultureInfo.InvariantCulture, $"ulimit -t {secondsOfProcessor}; ") : "";
        ProcessStartInfo start = new("sh", ["-c", $"{limit}ulimit -c 0; exec \"$@\"", "sh", Environment.ProcessPath!, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A worker lives for a second or two.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
