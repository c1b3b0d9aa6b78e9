using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Gimbal.CudaSimulator;

/// <summary>The simulated driver and the host twins of the kernels, built with g++ once for each state of their sources.</summary>
internal static class SimulatorBuild
{
    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);
    private static readonly Lazy<string> s_folder = new(Build);

    /// <summary>Why the simulator cannot be built here; null where it can, and in CI, where its absence is a failure.</summary>
    public static string? Obstacle => string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null : s_obstacle.Value;

    /// <summary>The folder with libcuda.so.1, kernels.so and misuses.so; what starts another process puts it on LD_LIBRARY_PATH.</summary>
    public static string Folder => s_folder.Value;

    /// <summary>The folder of the simulator's sources.</summary>
    public static string Sources { get; } = FindSources();

    /// <summary>The folder of the kernels.</summary>
    public static string Kernels { get; } = Path.GetFullPath(Path.Combine(Sources, "../../native/cuda"));

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return "the simulator runs on Linux x64 only";
        }

        try
        {
            using Process process = Process.Start(new ProcessStartInfo("g++", "--version") { RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "g++ does not run";
        }
        catch (Win32Exception)
        {
            return "g++ is not installed (apt-get install g++)";
        }
    }

    private static string Build()
    {
        string[] kernels = [.. Directory.GetFiles(Kernels, "*.cu").Order(StringComparer.Ordinal)];
        string[] misuses = [.. Directory.GetFiles(Path.Combine(Sources, "misuses"), "*.cu").Order(StringComparer.Ordinal)];
        string cache = Path.GetFullPath(Path.Combine(Sources, "../../artifacts/cuda-simulator"));
        string folder = Path.Combine(cache, Digest());
        if (Directory.Exists(folder))
        {
            return folder;
        }

        // Built apart and moved into place, so that two test processes can do this at once.
        string draft = $"{folder}.{Environment.ProcessId}";
        Run(draft, "driver");
        Run(draft, ["twins", "kernels", .. kernels]);
        Run(draft, ["twins", "misuses", .. misuses]);
        try
        {
            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(draft, recursive: true);
        }

        return folder;
    }

    private static string Digest()
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string[] folders = [Sources, Path.Combine(Sources, "misuses"), Kernels];
        foreach (string file in folders.SelectMany(Directory.GetFiles).Where(file => Path.GetExtension(file) is not (".cs" or ".md")).Order(StringComparer.Ordinal))
        {
            hash.AppendData(File.ReadAllBytes(file));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..16];
    }

    private static void Run(string folder, params string[] arguments)
    {
        ProcessStartInfo start = new("sh", [Path.Combine(Sources, "build.sh"), folder, .. arguments]) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"build.sh {arguments[0]} failed:{Environment.NewLine}{error}");
        }
    }

    private static string FindSources([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
