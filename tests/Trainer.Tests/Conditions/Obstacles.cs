using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>Why tests that need more than .NET cannot run here; null where they can.</summary>
internal static class Obstacles
{
    private static readonly Lazy<string?> Mount = new(() =>
    {
        string folder = Directory.CreateTempSubdirectory("gimbal-mount-").FullName;
        string? obstacle = Try("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) ?? Try("umount", "--lazy", folder);
        Directory.Delete(folder);
        return obstacle;
    });

    private static readonly Lazy<string?> Strace = new(() => Try("strace", "-qqq", "-e", "trace=none", "true"));

    private static readonly Lazy<string?> Clang = new(() => Try("clang++-19", "--version") is null ? null : NotInstalled("clang++-19", "clang-19"));

    private static readonly Lazy<string?> Nvrtc = new(() =>
        NativeLibrary.TryLoad(Cuda.Nvrtc.Library, out _) ? null : NotInstalled(Cuda.Nvrtc.Library, "libnvrtc11.2, of Debian's non-free packages"));

    /// <summary>Obstacle to mounting a file system: root is needed, and the capability for it.</summary>
    public static string? ToMounting => Mount.Value;

    /// <summary>Obstacle to injecting faults into system calls with strace; none where CI=true and it is only not installed: there the tests fail.</summary>
    public static string? ToTracing => Strace.Value is { } obstacle && !(InContinuousIntegration && obstacle == NotInstalled("strace")) ? obstacle : null;

    /// <summary>Obstacle to compiling kernels with clang 19; none where CI=true and it is only not installed: there the tests fail.</summary>
    public static string? ToClang =>
        Clang.Value is { } obstacle && !(InContinuousIntegration && obstacle == NotInstalled("clang++-19", "clang-19")) ? obstacle : null;

    /// <summary>Obstacle to compiling kernels with NVIDIA's compiler.</summary>
    public static string? ToNvrtc => Nvrtc.Value;

    private static bool InContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    private static string NotInstalled(string program, string? package = null) => $"{program} is not installed (apt-get install {package ?? program})";

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
