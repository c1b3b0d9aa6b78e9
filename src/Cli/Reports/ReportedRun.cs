using System.Text.Json;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Trainer.Diagnostics;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>Everything a report knows of a run.</summary>
/// <param name="Folder">The run's folder, as it was named.</param>
/// <param name="Model">Name of the network.</param>
/// <param name="Parameters">Number of trained values.</param>
/// <param name="Epochs">Epochs it was to train.</param>
/// <param name="History">Epochs it completed.</param>
/// <param name="BestEpoch">The epoch with the highest validation accuracy, from 1; 0 without validation.</param>
/// <param name="Configuration">Every effective option, by its key.</param>
/// <param name="Fingerprint">Of the training images.</param>
/// <param name="Health">Readings of the layers' health, in order; none where the run left none.</param>
/// <param name="Doctor">What the gradient doctor says of those readings; null where the first step was not measured.</param>
/// <param name="Facts">Environment, data, outcome, evaluation; null where the run left none.</param>
/// <param name="Parity">The gate's verdict on its model.onnx; null where there is none.</param>
internal sealed record ReportedRun(
    string Folder,
    string Model,
    long Parameters,
    int Epochs,
    IReadOnlyList<EpochResult> History,
    int BestEpoch,
    IReadOnlyDictionary<string, string> Configuration,
    string Fingerprint,
    IReadOnlyList<HealthReading> Health,
    Diagnosis? Doctor,
    RunFacts? Facts,
    ParityReport? Parity)
{
    /// <summary>The folder without what is above it.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>The epoch whose weights are exported; null before the first is done.</summary>
    public EpochResult? Final => BestEpoch > 0 ? History.FirstOrDefault(epoch => epoch.Epoch == BestEpoch) : History.Count > 0 ? History[^1] : null;

    /// <summary>Name of the data.</summary>
    public string Data => Facts?.Data.Name ?? Configuration.GetValueOrDefault("data", "");

    /// <summary>Seconds spent training.</summary>
    public double Seconds => History.Sum(epoch => epoch.Seconds);

    /// <summary>Training images per second over all epochs; 0 before the first is done.</summary>
    public double ImagesPerSecond => History.Count == 0 ? 0 : History.Average(epoch => epoch.ImagesPerSecond);

    /// <summary>The run as one object for machines.</summary>
    public JsonObject ToJson() => new()
    {
        ["run"] = Folder,
        ["model"] = Model,
        ["data"] = Data,
        ["outcome"] = JsonNamingPolicy.SnakeCaseLower.ConvertName((Facts?.Outcome ?? RunOutcome.Unfinished).ToString()),
        ["accuracy"] = Final?.TestAccuracy,
        ["loss"] = Final?.TestLoss,
        ["epochs"] = History.Count,
        ["best_epoch"] = Final?.Epoch,
        ["seconds"] = Seconds,
        ["images_per_second"] = ImagesPerSecond,
        ["fingerprint"] = Fingerprint,
        ["parity"] = Parity is null ? null : JsonNode.Parse(Parity.ToJson()),
    };

    /// <summary>A run in memory.</summary>
    /// <param name="folder">Its folder; config.json is there.</param>
    /// <param name="run">The run.</param>
    /// <param name="facts">Environment, data, outcome, evaluation.</param>
    /// <param name="parity">The gate's verdict.</param>
    public static ReportedRun Of(string folder, TrainingRun run, RunFacts facts, ParityReport? parity) =>
        Of(folder, run.Network, run.Options, run.Position, run.Fingerprint, facts, parity);

    /// <summary>A run on disk.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="last">Its last checkpoint.</param>
    /// <exception cref="DataFileException">A file of the run is damaged.</exception>
    public static ReportedRun Of(string folder, SavedRun last) => Of(
        folder, last.Network, last.Options, last.Position, last.Fingerprint, RunFacts.Read(folder), RunFiles.Read(folder, SavedRuns.VerdictName, ParityReport.FromJson));

    private static ReportedRun Of(
        string folder, Network network, TrainingOptions options, RunPosition position, string fingerprint, RunFacts? facts, ParityReport? parity)
    {
        IReadOnlyList<HealthReading> health = RunFolder.ReadHealth(folder);
        Diagnosis? doctor = RunObservation.Of(network, options, health) is { } seen ? new GradientDoctor().Examine(seen) : null;
        return new ReportedRun(
            folder, network.Name, network.ParameterCount, options.Epochs, position.History, position.BestEpoch, Read(folder, options), fingerprint, health, doctor, facts, parity);
    }

    private static Dictionary<string, string> Read(string folder, TrainingOptions options)
    {
        JsonObject config = RunFiles.Read(folder, RunFolder.ConfigName, text => JsonNode.Parse(text) as JsonObject)
            ?? JsonSerializer.SerializeToNode(options, OptionNames.Json)!.AsObject();
        return config.ToDictionary(option => option.Key, option => option.Value switch
        {
            null => "none",
            JsonValue value when value.TryGetValue(out string? text) => text,
            JsonNode other => other.ToJsonString(),
        });
    }
}
