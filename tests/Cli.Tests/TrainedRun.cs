using System.Text.Json.Nodes;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>One small trained run that the tests of the other verbs read.</summary>
public sealed class TrainedRun : IDisposable
{
    /// <summary>Trains resnet8 for two epochs on 384 built-in pictures.</summary>
    public TrainedRun()
    {
        Outcome outcome = Tool.Run(
            Folder.Path, "train", "--limit", "384", "--epochs", "2", "--batch", "64", "--ema", "0.9", "--validation", "0.2", "--out", "run", "--json").Succeeded();
        (Document, Progress) = (outcome.Document, outcome.Error);
    }

    /// <summary>Where the tool worked.</summary>
    internal TestFolder Folder { get; } = new();

    /// <summary>What it said to machines.</summary>
    public JsonNode Document { get; }

    /// <summary>What it said to people.</summary>
    public string Progress { get; }

    /// <inheritdoc/>
    public void Dispose() => Folder.Dispose();
}
