using System.Runtime.InteropServices;

namespace Gimbal.Benchmarks;

/// <summary>Which machine the numbers are from.</summary>
internal static class Machine
{
    /// <summary>The processor's name.</summary>
    public static string Processor { get; } = FindProcessor();

    /// <summary>Processor and number of cores.</summary>
    public static string Description => $"{Processor}, {Environment.ProcessorCount} cores";

    /// <summary>The same for a folder's name: <c>amd-epyc-2-cores</c>.</summary>
    public static string Slug
    {
        get
        {
            string plain = string.Concat(Description.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));
            return string.Join('-', plain.Split('-', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <summary>Where this machine's results belong in the checkout; the working folder where the program was built elsewhere.</summary>
    public static string ResultsFolder
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Gimbal.slnx")))
                {
                    return Path.Combine(folder.FullName, "tests", "Benchmarks", "results", Slug);
                }
            }

            return Path.GetFullPath(Slug);
        }
    }

    private static string FindProcessor()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
            ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
