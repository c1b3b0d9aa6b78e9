using System.Globalization;
using System.Text.Json;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>Everything a run needs to go on as if it had not stopped, and everything the finished network needs: one safetensors file.</summary>
/// <remarks>Tensors keep their names, so that other programs find <c>conv1.weight</c>; all else is metadata under <c>gimbal.</c>.</remarks>
public sealed class Checkpoint
{
    /// <summary>Version of the metadata that this release writes and reads.</summary>
    public const int Format = 1;

    private const string FormatKey = "gimbal.checkpoint";
    private const string SeedKey = "gimbal.seed";
    private const string StepKey = "gimbal.step";
    private const string EpochKey = "gimbal.epoch";
    private const string BatchKey = "gimbal.batch";
    private const string ProgressKey = "gimbal.progress";
    private const string FingerprintKey = "gimbal.fingerprint";
    private const string OptionsKey = "gimbal.options";
    private const string GraphKey = "gimbal.graph";
    private const string ClassNamesKey = "gimbal.class_names";
    private const string MeanKey = "gimbal.mean";
    private const string StdKey = "gimbal.std";

    /// <summary>Parameters, running statistics, optimiser state and averages by name, in logical order.</summary>
    public required IReadOnlyDictionary<string, Tensor> Tensors { get; init; }

    /// <summary>Seed of the run; with step, epoch and batch it determines every random number to come.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps done.</summary>
    public required long Step { get; init; }

    /// <summary>Epoch to go on with, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>Batch of that epoch to go on with, from 0.</summary>
    public required int Batch { get; init; }

    /// <summary>What the trainer counts beyond the position, as JSON: the history of epochs, sums of the one under way.</summary>
    public required string Progress { get; init; }

    /// <summary>Fingerprint of the training images, so that a run does not go on with other data.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Every effective option of the run, as JSON.</summary>
    public required string Options { get; init; }

    /// <summary>The network as graph text, so that it needs no code to be rebuilt.</summary>
    public required string Graph { get; init; }

    /// <summary>Names of the classes, in the order of the logits.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>What normalisation subtracts per channel, on the scale 0 to 1.</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>What normalisation divides by per channel, on the scale 0 to 1.</summary>
    public required IReadOnlyList<float> Std { get; init; }

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="DataFileException">It is missing, damaged, of another format version or no checkpoint.</exception>
    /// <exception cref="DiskException">The system cannot read it.</exception>
    public static Checkpoint Load(string path) => FromSafeTensors(SafeTensors.Read(path), path);

    /// <summary>Finds the members in a file's tensors and metadata; tensors are not copied.</summary>
    /// <param name="file">The file's content.</param>
    /// <param name="path">The file, for the errors.</param>
    /// <exception cref="DataFileException">Not a checkpoint, of another format version, without its digest, or a member is missing or malformed.</exception>
    public static Checkpoint FromSafeTensors(SafeTensors file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        CheckpointFacts facts = new(file.Metadata, path);
        if (!facts.Has(FormatKey))
        {
            throw new DataFileException(path, $"is no checkpoint of Gimbal (metadata {FormatKey} is missing)");
        }

        int format = facts.Number<int>(FormatKey);
        if (format != Format)
        {
            throw new DataFileException(path, $"is a checkpoint of format {format}; this release reads format {Format} (metadata {FormatKey})");
        }

        if (!file.DigestChecked)
        {
            throw new DataFileException(path, $"has lost its digest; the file is damaged (metadata {SafeTensorsHeader.DigestKey} is missing)");
        }

        return new Checkpoint
        {
            Tensors = file.Tensors.ToDictionary(tensor => tensor.Name, tensor => ToTensor(tensor, path)),
            Seed = facts.Number<ulong>(SeedKey),
            Step = facts.Number<long>(StepKey),
            Epoch = facts.Number<int>(EpochKey),
            Batch = facts.Number<int>(BatchKey),
            Progress = facts.Text(ProgressKey),
            Fingerprint = facts.Text(FingerprintKey),
            Options = facts.Text(OptionsKey),
            Graph = facts.Text(GraphKey),
            ClassNames = facts.List<string>(ClassNamesKey),
            Mean = facts.List<float>(MeanKey),
            Std = facts.List<float>(StdKey),
        };
    }

    /// <summary>The file's content; tensors are not copied.</summary>
    public SafeTensors ToSafeTensors()
    {
        Dictionary<string, string> metadata = new()
        {
            [FormatKey] = Format.ToString(CultureInfo.InvariantCulture),
            [SeedKey] = Seed.ToString(CultureInfo.InvariantCulture),
            [StepKey] = Step.ToString(CultureInfo.InvariantCulture),
            [EpochKey] = Epoch.ToString(CultureInfo.InvariantCulture),
            [BatchKey] = Batch.ToString(CultureInfo.InvariantCulture),
            [ProgressKey] = Progress,
            [FingerprintKey] = Fingerprint,
            [OptionsKey] = Options,
            [GraphKey] = Graph,
            [ClassNamesKey] = JsonSerializer.Serialize(ClassNames),
            [MeanKey] = JsonSerializer.Serialize(Mean),
            [StdKey] = JsonSerializer.Serialize(Std),
        };
        return new SafeTensors(Tensors.Select(pair => StoredTensor.Of(pair.Key, pair.Value)), metadata);
    }

    /// <summary>Replaces a file by this checkpoint, by way of <see cref="DurableFile"/>.</summary>
    /// <exception cref="DiskException">The file could not be written.</exception>
    public void Save(string path) => ToSafeTensors().Write(path);

    private static Tensor ToTensor(StoredTensor stored, string path)
    {
        if (stored.Type != StoredType.F32)
        {
            throw new DataFileException(path, $"tensor {stored.Name} is {stored.Type}; a checkpoint holds F32");
        }

        if (stored.Shape.Count > Shape.MaxRank || stored.Shape.Contains(0))
        {
            throw new DataFileException(path, $"tensor {stored.Name} has shape [{string.Join(',', stored.Shape)}]; a checkpoint holds up to {Shape.MaxRank} extents from 1");
        }

        return new Tensor(new Shape([.. stored.Shape.Select(extent => (int)extent)]), stored.ValuesAs<float>());
    }
}
