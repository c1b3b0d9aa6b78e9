using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>Runs as models to export.</summary>
internal static class SavedModels
{
    /// <summary>Pictures the gate compares when a file is written; <c>gimbal verify</c> compares all.</summary>
    public const int GateSamples = 2000;

    /// <summary>The deployed weights of a run with the facts that travel in the file.</summary>
    public static TrainedModel ToTrainedModel(SavedRun run, string dataName)
    {
        JsonObject facts = new()
        {
            ["model"] = run.Network.Name,
            ["parameters"] = run.Network.ParameterCount,
            ["data"] = dataName,
            ["fingerprint"] = run.Fingerprint,
            ["seed"] = run.Options.Seed,
            ["epoch"] = run.Position.Epoch,
        };
        if (run.Position.History is [.., var last])
        {
            facts["test_accuracy"] = last.TestAccuracy;
            facts["test_loss"] = last.TestLoss;
        }

        return new TrainedModel(run.Network, TrainingRun.Deployed(run.State), run.Classes, run.Normalization, facts);
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
