using System.Numerics.Tensors;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli.Reports;

/// <summary>How the weights of a checkpoint do on the test set, picture by picture.</summary>
/// <param name="Epoch">Epochs the weights were trained.</param>
/// <param name="Batch">Batches of the epoch under way they were trained on.</param>
/// <param name="Confusion">Pictures by true class and by predicted class.</param>
/// <param name="Wrong">Pictures taken for another class, the surest first.</param>
/// <param name="Right">Pictures recognised, the surest first.</param>
internal sealed record Evaluation(int Epoch, int Batch, int[][] Confusion, IReadOnlyList<Example> Wrong, IReadOnlyList<Example> Right)
{
    private const int Batches = 64;
    private const int Examples = 12;
    private const int ThumbnailSide = 96;

    /// <summary>Test pictures.</summary>
    public int Samples => Confusion.Sum(row => row.Sum());

    /// <summary>Test pictures recognised.</summary>
    public int Correct => Confusion.Select((row, i) => row[i]).Sum();

    /// <summary>Runs a network over the test set.</summary>
    /// <param name="run">The network, with its weights.</param>
    /// <param name="test">The test set.</param>
    /// <param name="device">Where to run it.</param>
    public static Evaluation Of(SavedRun run, ImageSource test, Device device)
    {
        int classes = run.Classes.Count;
        using Evaluator evaluator = new(run.Network, device, Math.Min(Batches, test.Count));
        evaluator.Load(TrainingRun.Deployed(run.State));
        float[] probabilities = evaluator.Logits(test, run.Normalization);
        int[][] confusion = [.. Enumerable.Range(0, classes).Select(_ => new int[classes])];
        List<(int Index, int Predicted, float Probability)> found = [];
        for (int i = 0; i < test.Count; i++)
        {
            Span<float> row = probabilities.AsSpan(i * classes, classes);
            TensorPrimitives.SoftMax<float>(row, row);
            int predicted = TensorPrimitives.IndexOfMax<float>(row);
            confusion[test.Label(i)][predicted]++;
            found.Add((i, predicted, row[predicted]));
        }

        ILookup<bool, Example> examples = found.OrderByDescending(f => f.Probability).ThenBy(f => f.Index)
            .GroupBy(f => f.Predicted == test.Label(f.Index)).SelectMany(group => group.Take(Examples))
            .Select(f => new Example(
                f.Index, test.Label(f.Index), f.Predicted, f.Probability, probabilities[(f.Index * classes) + test.Label(f.Index)], Thumbnails.Png(test, f.Index, ThumbnailSide)))
            .ToLookup(example => example.Predicted == example.Label);
        return new Evaluation(run.Position.Epoch, run.Position.Batch, confusion, [.. examples[false]], [.. examples[true]]);
    }

    /// <summary>Whether these are the weights of a checkpoint.</summary>
    public bool IsOf(SavedRun run) => (Epoch, Batch) == (run.Position.Epoch, run.Position.Batch);
}

/// <summary>A test picture and what the network made of it.</summary>
/// <param name="Index">Its position in the test set.</param>
/// <param name="Label">Its class.</param>
/// <param name="Predicted">The likeliest class.</param>
/// <param name="Probability">Of the likeliest class, 0 to 1.</param>
/// <param name="LabelProbability">Of its own class, 0 to 1.</param>
/// <param name="Png">The picture, small.</param>
internal sealed record Example(int Index, int Label, int Predicted, double Probability, double LabelProbability, byte[] Png);
