using System.ComponentModel;
using System.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests.Browser;

/// <summary>A browser without a window, each time with a profile of its own.</summary>
internal static class Chromium
{
    private const string Program = "chromium";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private static readonly Lazy<bool> Installed = new(() =>
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(Program, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });

    /// <summary>Why no browser can run here; null where one can. Where CI=true there is no excuse: the tests fail.</summary>
    public static string? Obstacle => Installed.Value || InContinuousIntegration ? null : "chromium is not installed (apt-get install chromium)";

    private static bool InContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Loads a file and returns its elements once all scripts of its loading have run.</summary>
    /// <param name="path">HTML file.</param>
    /// <returns>The elements as HTML, and the lines that pages wrote to the console.</returns>
    public static (string Dom, IReadOnlyList<string> Console) Load(string path)
    {
        using TestFolder profile = new();
        // Nothing here may reach for the network, and no sandbox can be set up inside a container.
        string[] flags =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", $"--user-data-dir={profile.Path}", "--enable-logging=stderr", "--dump-dom", new Uri(path).AbsoluteUri,
        ];
        using Process process = Process.Start(new ProcessStartInfo(Program, flags) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> dom = process.StandardOutput.ReadToEndAsync();
        Task<string> log = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Program} did not load {path} in {s_patience}");
        }

        return (dom.Result, [.. log.Result.Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))]);
    }
}
