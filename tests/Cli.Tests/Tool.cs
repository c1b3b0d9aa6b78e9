using System.Diagnostics;
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
internal static class Tool
{
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
}
