using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Cli.Reports;

/// <summary>How a run ended.</summary>
internal enum RunOutcome
{
    /// <summary>It is under way, or was killed.</summary>
    Unfinished,

    /// <summary>Every epoch is done and the model file is verified.</summary>
    Complete,

    /// <summary>Stopped by its user; it can go on.</summary>
    Stopped,

    /// <summary>Loss or gradient were no longer finite.</summary>
    Diverged,

    /// <summary>ONNX Runtime did not agree; no model file was written.</summary>
    Refused,
}

/// <summary>What a report tells beyond options, metrics and the gate's verdict; kept as report.json beside report.html, so that a report can be written again without the data.</summary>
/// <param name="Outcome">How the run ended.</param>
/// <param name="Reason">Why it ended that way; null where there is nothing to say.</param>
/// <param name="Environment">What it was trained with; null where that is not known.</param>
/// <param name="Data">What it was trained on.</param>
/// <param name="Evaluation">How it does on the test set; null where it has not been evaluated.</param>
internal sealed record RunFacts(RunOutcome Outcome, string? Reason, RunEnvironment? Environment, DataFacts Data, Evaluation? Evaluation)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "report.json";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true,
    };

    /// <summary>Reads a run's facts; null where it has none.</summary>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static RunFacts? Read(string folder) => RunFiles.Read(folder, FileName, text => JsonSerializer.Deserialize<RunFacts>(text, s_json));

    /// <summary>Writes them.</summary>
    /// <exception cref="DiskException">They could not be written.</exception>
    public void Write(string folder) => DurableFile.Write(Path.Combine(folder, FileName), Encoding.UTF8.GetBytes(JsonSerializer.Serialize(this, s_json) + "\n"));
}

/// <summary>Software and machine.</summary>
/// <param name="Version">Of Gimbal.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="System">Operating system and architecture.</param>
/// <param name="Processor">Name of the processor, where the system tells it.</param>
/// <param name="Processors">Logical processors.</param>
/// <param name="Device">What computed, with its instruction set.</param>
/// <param name="Started">When the run began or went on.</param>
internal sealed record RunEnvironment(string Version, string Runtime, string System, string? Processor, int Processors, string Device, DateTimeOffset Started)
{
    private const string ProcessorFile = "/proc/cpuinfo";
    private const int CommitDigits = 8;

    /// <summary>This process, now.</summary>
    public static RunEnvironment Of(Device device) => new(
        ProductVersion(),
        RuntimeInformation.FrameworkDescription,
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
        ProcessorName(),
        global::System.Environment.ProcessorCount,
        device.Description,
        DateTimeOffset.UtcNow);

    // Version and, of a build from a checkout, the first digits of its commit.
    private static string ProductVersion()
    {
        string[] parts = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', 2);
        return parts.Length == 1 ? parts[0] : $"{parts[0]}+{parts[1][..Math.Min(CommitDigits, parts[1].Length)]}";
    }

    private static string? ProcessorName() => File.Exists(ProcessorFile)
        ? File.ReadLines(ProcessorFile).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[^1].Trim()
        : null;
}

/// <summary>A data set in numbers.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Train">Training images.</param>
/// <param name="Validation">Held-out images; null without them.</param>
/// <param name="Test">Test images.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">1 or 3.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Notes">What was left out or chosen while it was opened.</param>
internal sealed record DataFacts(
    string Name, int Train, int? Validation, int Test, int Height, int Width, int Channels, IReadOnlyList<string> Classes, IReadOnlyList<string> Notes)
{
    /// <summary>Counts a data set.</summary>
    public static DataFacts Of(DataSplits data) => new(
        data.Name, data.Train.Count, data.Validation?.Count, data.Test.Count, data.Train.Height, data.Train.Width, data.Train.Channels, data.Train.Classes, data.Notes);
}
