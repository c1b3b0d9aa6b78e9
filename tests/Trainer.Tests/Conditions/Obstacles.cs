using System.ComponentModel;
using System.Diagnostics;

namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>Why tests that need more than .NET cannot run here; null where they can.</summary>
internal static class Obstacles
{
    private static readonly Lazy<string?> Mount = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("gimbal-mount-").FullName;
        string? obstacle = Try("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) ?? Try("umount", folder);
        Directory.Delete(folder);
        return obstacle;
    });

    private static readonly Lazy<string?> Strace = new(() => Try("strace", "-qqq", "-e", "trace=none", "true"));

    /// <summary>Obstacle to mounting a file system: root is needed, and the capability for it.</summary>
    public static string? ToMounting => Mount.Value;

    /// <summary>Obstacle to injecting faults into system calls with strace; none where CI=true and it is only not installed: there the tests fail.</summary>
    public static string? ToTracing => Strace.Value is { } obstacle && !(InContinuousIntegration && obstacle == NotInstalled("strace")) ? obstacle : null;

    private static bool InContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    private static string NotInstalled(string program) => $"{program} is not installed (apt-get install {program})";

    private static string? Try(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            string error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"{program} failed: {error.Trim()}";
        }
        catch (Win32Exception)
        {
            return NotInstalled(program);
        }
    }
}
