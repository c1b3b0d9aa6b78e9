using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Training;

/// <summary>A run on disk: config.json, metrics.jsonl, metrics.csv, checkpoints/, health.jsonl and a TensorBoard log. Every file but these two logs is replaced whole or not at all.</summary>
public sealed class RunFolder : IDisposable
{
    /// <summary>Every effective option.</summary>
    public const string ConfigName = "config.json";

    private const string CheckpointsName = "checkpoints";

    private static readonly JsonSerializerOptions s_metrics = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly CheckpointFolder _checkpoints;
    private EventLog? _log;
    private HealthLog? _health;

    private RunFolder(string path, CheckpointFolder checkpoints) => (Path, _checkpoints) = (path, checkpoints);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Creates or opens a folder for writing; no other run can write to it meanwhile.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DiskException">It cannot be created, or another run has it open.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        CheckpointFolder checkpoints = CheckpointFolder.Open(System.IO.Path.Combine(path, CheckpointsName));
        try
        {
            DurableFile.RemoveLeftovers(path);
            return new RunFolder(path, checkpoints);
        }
        catch
        {
            checkpoints.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder holds a checkpoint, sound or not.</summary>
    public static bool HoldsRun(string path) => CheckpointFolder.HoldsCheckpoint(System.IO.Path.Combine(path, CheckpointsName));

    /// <summary>Writes config.json.</summary>
    /// <param name="options">How the run trains.</param>
    /// <param name="others">What else belongs to the run: the form of its exported file.</param>
    /// <exception cref="DiskException">It could not be written.</exception>
    public void WriteConfig(TrainingOptions options, JsonObject? others = null)
    {
        JsonObject config = JsonSerializer.SerializeToNode(options, OptionNames.Json)!.AsObject();
        foreach ((string key, JsonNode? value) in others ?? [])
        {
            config[key] = value?.DeepClone();
        }

        DurableFile.Write(System.IO.Path.Combine(Path, ConfigName), Encoding.UTF8.GetBytes(config.ToJsonString(OptionNames.Json) + "\n"));
    }

    /// <summary>Opens the TensorBoard log and the readings of the layers' health at the run's position, and begins them where there are none; without it none are written.</summary>
    /// <param name="run">The run, restored to where it goes on.</param>
    /// <exception cref="DiskException">It cannot be read or written.</exception>
    public void OpenLog(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        _log?.Dispose();
        _health?.Dispose();
        _health = HealthLog.Open(Path, run);
        _log = EventLog.Open(Path, run, JsonSerializer.Serialize(run.Options, OptionNames.Json));
    }

    /// <summary>Logs a step, where the log is open.</summary>
    /// <exception cref="DiskException">It could not be written.</exception>
    public void Log(StepReport step) => _log?.Add(step);

    /// <summary>Logs the health of the layers in a step, where the logs are open.</summary>
    /// <exception cref="DiskException">It could not be written.</exception>
    public void Log(HealthReading reading)
    {
        _health?.Add(reading);
        _log?.Add(reading);
    }

    /// <summary>The readings of the layers' health a run left in its folder; none where it left none.</summary>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    public static IReadOnlyList<HealthReading> ReadHealth(string path) => HealthLog.Read(path);

    /// <summary>Saves the run as it stands, its metrics and, where it is open, its log.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isBest">Whether it is the best so far.</param>
    /// <exception cref="DiskException">It was not saved; what was saved before is unharmed.</exception>
    public void Save(TrainingRun run, bool isBest)
    {
        ArgumentNullException.ThrowIfNull(run);
        Checkpoint checkpoint = new()
        {
            Tensors = run.CaptureState(),
            Seed = run.Options.Seed,
            Step = run.StepsDone,
            Epoch = run.Position.Epoch,
            Batch = run.Position.Batch,
            Progress = JsonSerializer.Serialize(run.Position, s_metrics),
            Fingerprint = run.Fingerprint,
            Options = JsonSerializer.Serialize(run.Options, OptionNames.Json),
            Graph = GraphText.Print(run.Network.Graph),
            ClassNames = run.Data.Train.Classes,
            Mean = run.Normalization.Mean,
            Std = run.Normalization.Std,
        };
        // The logs ahead of the checkpoint: a run that goes on finds them as long as it needs them.
        _health?.Sync();
        _log?.Complete(run, checkpoint.Tensors);
        // The best first: a run killed in between repeats the epoch from the last and saves the same best again.
        if (isBest)
        {
            _checkpoints.SaveBest(checkpoint);
        }

        _checkpoints.SaveLast(checkpoint);
        WriteMetrics(run.Position.History);
    }

    /// <summary>Reads what a checkpoint holds.</summary>
    /// <param name="loaded">The checkpoint.</param>
    /// <exception cref="DataFileException">Its options, position or graph cannot be read.</exception>
    public static SavedRun Read(LoadedCheckpoint loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        try
        {
            Checkpoint checkpoint = loaded.Checkpoint;
            return new SavedRun(
                new Network(GraphText.Parse(checkpoint.Graph, Ops.Catalogue.ByName)),
                JsonSerializer.Deserialize<TrainingOptions>(checkpoint.Options, OptionNames.Json) ?? new TrainingOptions(),
                JsonSerializer.Deserialize<RunPosition>(checkpoint.Progress, s_metrics) ?? new RunPosition(),
                checkpoint.Tensors,
                checkpoint.ClassNames,
                new Datasets.Normalization(checkpoint.Mean, checkpoint.Std),
                checkpoint.Fingerprint);
        }
        catch (Exception e) when (e is JsonException or InvalidGraphException or ShapeException or KeyNotFoundException)
        {
            throw new DataFileException(loaded.Path, $"the checkpoint cannot be used ({e.Message})", e);
        }
    }

    /// <summary>Loads a run folder's checkpoint, or a checkpoint file.</summary>
    /// <param name="path">Folder or file.</param>
    /// <param name="which">Which of a folder's checkpoints.</param>
    /// <exception cref="DataFileException">There is none, or none that is sound.</exception>
    public static LoadedCheckpoint Load(string path, CheckpointChoice which = CheckpointChoice.Last)
    {
        if (File.Exists(path))
        {
            return new LoadedCheckpoint(Checkpoint.Load(path), path, null);
        }

        string folder = System.IO.Path.Combine(path, CheckpointsName);
        string best = System.IO.Path.Combine(folder, CheckpointFolder.BestName);
        return which == CheckpointChoice.Best && File.Exists(best)
            ? new LoadedCheckpoint(Checkpoint.Load(best), best, null)
            : CheckpointFolder.LoadLast(folder) ?? throw new DataFileException(path, "no run with a checkpoint and no checkpoint file");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _log?.Dispose();
        _health?.Dispose();
        _checkpoints.Dispose();
    }

    private void WriteMetrics(IReadOnlyList<EpochResult> history)
    {
        StringBuilder lines = new();
        StringBuilder table = new("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,test_accuracy,learning_rate,gradient_norm,clipped_share,skipped_steps,seconds,images_per_second\n");
        foreach (EpochResult epoch in history)
        {
            lines.Append(JsonSerializer.Serialize(epoch, s_metrics)).Append('\n');
            table.Append(CultureInfo.InvariantCulture, $"{epoch.Epoch},{epoch.TrainLoss:R},{epoch.TrainAccuracy:R},{epoch.ValidationLoss:R},{epoch.ValidationAccuracy:R},{epoch.TestLoss:R},{epoch.TestAccuracy:R},")
                .Append(CultureInfo.InvariantCulture, $"{epoch.LearningRate:R},{epoch.GradientNorm:R},{epoch.ClippedShare:R},{epoch.SkippedSteps},{epoch.Seconds:R},{epoch.ImagesPerSecond:R}\n");
        }

        DurableFile.Write(System.IO.Path.Combine(Path, "metrics.jsonl"), Encoding.UTF8.GetBytes(lines.ToString()));
        DurableFile.Write(System.IO.Path.Combine(Path, "metrics.csv"), Encoding.UTF8.GetBytes(table.ToString()));
    }
}

/// <summary>Which checkpoint of a run.</summary>
public enum CheckpointChoice
{
    /// <summary>The newest.</summary>
    Last,

    /// <summary>The one with the highest validation accuracy; without validation the newest.</summary>
    Best,
}

/// <summary>What a checkpoint holds, in the trainer's terms.</summary>
/// <param name="Network">The network, rebuilt from its text.</param>
/// <param name="Options">The options of the run.</param>
/// <param name="Position">Where it stood.</param>
/// <param name="State">Every tensor by name.</param>
/// <param name="Classes">Names of the classes.</param>
/// <param name="Normalization">Of the training images.</param>
/// <param name="Fingerprint">Of the training images.</param>
public sealed record SavedRun(
    Network Network,
    TrainingOptions Options,
    RunPosition Position,
    IReadOnlyDictionary<string, Tensor> State,
    IReadOnlyList<string> Classes,
    Datasets.Normalization Normalization,
    string Fingerprint);
