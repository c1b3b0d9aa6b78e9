using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gimbal.Benchmarks;

/// <summary>This program again, in a process of its own, for one measurement.</summary>
internal static class ChildProcess
{
    /// <summary>Name of the hidden command that measures a pair.</summary>
    public const string PairCommand = "measure-pair";

    /// <summary>Name of the hidden command that measures one side alone.</summary>
    public const string FootprintCommand = "measure-footprint";

    /// <summary>How numbers travel between the processes and into files; a rival that computes something else may well give NaN.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Measures a pair.</summary>
    public static Pair Pair(TrainSettings settings, RivalSetting rival, InstructionSet instructions) =>
        Run<Pair>(PairCommand, settings, rival.Key, rival.Environment.Concat(instructions.Environment));

    /// <summary>Measures our side alone.</summary>
    public static Footprint Footprint(TrainSettings settings, InstructionSet instructions) =>
        Run<Footprint>(FootprintCommand, settings, Benchmarks.Footprint.Ours, instructions.Environment);

    /// <summary>Measures the rival alone.</summary>
    public static Footprint Footprint(TrainSettings settings, RivalSetting rival) =>
        Run<Footprint>(FootprintCommand, settings, rival.Key, rival.Environment);

    private static T Run<T>(string command, TrainSettings settings, string side, IEnumerable<KeyValuePair<string, string>> environment)
    {
        string program = Environment.ProcessPath!;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        ProcessStartInfo start = new(program, [.. host, command, side, JsonSerializer.Serialize(settings)]) { RedirectStandardOutput = true };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<T>(output, Json)!
            : throw new BenchmarkException($"{settings.Model}, batch {settings.Batch}, {side}: its process ended with exit code {process.ExitCode}");
    }
}
