using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Gimbal.Cli.Tests;

/// <summary>What the tool did.</summary>
/// <param name="ExitCode">What it returned to the shell.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record Outcome(int ExitCode, string Out, string Error)
{
    /// <summary>The document of <c>--json</c>.</summary>
    public JsonNode Document => JsonNode.Parse(Out) ?? throw new InvalidDataException($"no document: {Out}{Error}");

    /// <summary>Asserts that the tool did what it was asked to.</summary>
    public Outcome Succeeded()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}: {Error}{Out}");
        return this;
    }
}

/// <summary>The built <c>gimbal</c>, run as a user runs it: in a process of its own.</summary>
internal static partial class Tool
{
    private const int Interrupt = 2;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs it to its end.</summary>
    /// <param name="folder">Working folder.</param>
    /// <param name="arguments">The command line.</param>
    public static Outcome Run(string folder, params IEnumerable<string> arguments) => Run(Command(folder, arguments));

    /// <summary>Runs a prepared command to its end.</summary>
    public static Outcome Run(ProcessStartInfo command)
    {
        using Process process = Process.Start(command)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
            throw new TimeoutException($"gimbal {string.Join(' ', command.ArgumentList)}: no end in {s_patience}");
        }

        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Runs a prepared command, sends it a Ctrl+C, and waits for its end.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isMoment">Recognises the line of output from which the time counts.</param>
    /// <param name="after">Time until the signal.</param>
    public static Outcome RunAndInterrupt(ProcessStartInfo command, Func<string, bool> isMoment, TimeSpan after)
    {
        using Process process = Process.Start(command)!;
        List<string> lines = [];
        string? line;
        while ((line = process.StandardOutput.ReadLine()) is not null)
        {
            lines.Add(line);
            if (isMoment(line))
            {
                Thread.Sleep(after);
                Assert.True(Kill(process.Id, Interrupt) == 0 || process.WaitForExit(TimeSpan.FromSeconds(1)), "the signal did not arrive");
            }
        }

        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, string.Join('\n', lines), error);
    }

    /// <summary>Whether a line of <c>gimbal train</c> is the last ahead of the first step.</summary>
    public static bool IsTraining(string line) => line.StartsWith("epoch   loss", StringComparison.Ordinal);

    /// <summary>The command, ready to start.</summary>
    public static ProcessStartInfo Command(string folder, params IEnumerable<string> arguments) =>
        new(Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "gimbal.exe" : "gimbal"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The same everywhere: no card is seen.
            Environment = { ["CUDA_VISIBLE_DEVICES"] = "-1" },
        };

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
