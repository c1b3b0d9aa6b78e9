using System.Text;
using Gimbal.Export;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>What the verbs that read a run share.</summary>
internal static class SavedRuns
{
    /// <summary>Pictures the gate compares when a file is written; <c>gimbal verify</c> compares all.</summary>
    public const int GateSamples = 2000;

    /// <summary>Name of a run's model file.</summary>
    public const string ModelName = "model.onnx";

    /// <summary>Name of the gate's verdict on a run's model file.</summary>
    public const string VerdictName = "verify.json";

    /// <summary>Loads a run; says so where that is not the newest checkpoint because the newest is damaged.</summary>
    /// <param name="path">Run folder or checkpoint file.</param>
    /// <param name="which">Which of a folder's checkpoints.</param>
    /// <param name="output">Hears the notice.</param>
    public static SavedRun Load(string path, CheckpointChoice which, Output output)
    {
        LoadedCheckpoint loaded = RunFolder.Load(path, which);
        if (loaded.Notice is { } notice)
        {
            output.Line($"note    {notice}");
        }

        return RunFolder.Read(loaded);
    }

    /// <summary>Writes the gate's verdict beside a file: verify.json for model.onnx, NAME.verify.json for NAME.onnx.</summary>
    /// <exception cref="DiskException">It could not be written.</exception>
    public static void WriteVerdict(string model, ParityReport report)
    {
        string name = Path.GetFileName(model) == ModelName ? VerdictName : Path.ChangeExtension(Path.GetFileName(model), ".verify.json");
        DurableFile.Write(Path.Combine(Path.GetDirectoryName(model) ?? "", name), Encoding.UTF8.GetBytes(report.ToJson() + "\n"));
    }

    /// <summary>Opens the data a run was trained on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">Another place for the same data; null: where the run found it.</param>
    /// <exception cref="UsageException">The images are not those of the run.</exception>
    public static DataSplits OpenData(SavedRun run, string? data)
    {
        DataSplits splits = DataSpec.Parse(data ?? run.Options.Data).Open(run.Options.ToDataOptions());
        string fingerprint = Fingerprint.Of(splits.Train);
        return fingerprint == run.Fingerprint
            ? splits
            : throw new UsageException($"--data: the training images are not those of the run (fingerprint {fingerprint}, the run has {run.Fingerprint})");
    }
}
