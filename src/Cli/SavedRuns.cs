using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>What the verbs that read a run share.</summary>
internal static class SavedRuns
{
    /// <summary>Pictures the gate compares when a file is written; <c>gimbal verify</c> compares all.</summary>
    public const int GateSamples = 2000;

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
