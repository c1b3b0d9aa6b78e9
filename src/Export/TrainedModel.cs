using System.Text.Json.Nodes;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Export;

/// <summary>Everything a file needs to know about a trained network.</summary>
/// <param name="Network">The network.</param>
/// <param name="Weights">Parameters and running statistics by name, in logical order.</param>
/// <param name="Classes">Names in the order of the logits.</param>
/// <param name="Normalization">Of the training images.</param>
/// <param name="Facts">About data and training, for the metadata; nothing that names a machine or a path.</param>
public sealed record TrainedModel(
    Network Network, IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyList<string> Classes, Normalization Normalization, JsonObject Facts)
{
    /// <summary>The deployed weights of a run as it stands.</summary>
    public static TrainedModel Of(TrainingRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Of(run.Capture(), run.Data.Name);
    }

    /// <summary>The deployed weights of a saved run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="data">What the data is called.</param>
    public static TrainedModel Of(SavedRun run, string data)
    {
        ArgumentNullException.ThrowIfNull(run);
        JsonObject facts = new()
        {
            ["model"] = run.Network.Name,
            ["parameters"] = run.Network.ParameterCount,
            ["data"] = data,
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
}
