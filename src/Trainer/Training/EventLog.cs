using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.TensorBoard;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;

namespace Gimbal.Trainer.Training;

/// <summary>The TensorBoard log of a run, one file over all its lives.</summary>
/// <remarks>
/// Every event is written whole as it happens, and synced ahead of each checkpoint, so that the log reaches at least as far as the checkpoint
/// does. Opening it cuts off what lies behind the run's position (steps that will be taken again, a record torn by a crash).
/// </remarks>
internal sealed class EventLog : IDisposable
{
    /// <summary>TensorBoard looks for <c>tfevents</c> in the name.</summary>
    public const string FileName = "events.out.tfevents.gimbal";

    private const string FormatVersion = "brain.Event:2";
    private const int GridSide = 8;
    private const int ThumbnailSide = 64;

    private readonly LogFile _file;
    private int _epoch;

    private EventLog(LogFile file, int epoch) => (_file, _epoch) = (file, epoch);

    /// <summary>Opens a run's log where the run stands; begins it where there is none.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="run">The run.</param>
    /// <param name="config">Its options as JSON.</param>
    /// <exception cref="DiskException">It cannot be read or written.</exception>
    public static EventLog Open(string folder, TrainingRun run, string config)
    {
        LogFile file = LogFile.Open(
            Path.Combine(folder, FileName), "TensorBoard log", found => run.StepsDone == 0 ? 0 : LengthUntil(found, run.StepsDone));
        try
        {
            if (file.IsEmpty)
            {
                file.Write(Beginning(run, config));
            }

            return new EventLog(file, run.Position.Epoch);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Logs a step.</summary>
    public void Add(StepReport step) => _file.Write(Record(Values(
        ((long)(step.Epoch - 1) * step.Batches) + step.Batch,
        SummaryValues.Scalar("train/loss", step.Loss),
        SummaryValues.Scalar("train/learning_rate", step.LearningRate),
        SummaryValues.Scalar("train/gradient_norm", step.GradientNorm),
        SummaryValues.Scalar("train/images_per_second", step.ImagesPerSecond))));

    /// <summary>Logs the health of the layers in a step, as the steps count them: from 1.</summary>
    public void Add(HealthReading reading) => _file.Write(Record(Values(reading.Step + 1, reading.Layers.SelectMany(layer => (Summary.Types.Value[])
    [
        SummaryValues.Scalar($"activation_rms/{layer.Layer}", layer.Activation.Rms),
        SummaryValues.Scalar($"gradient_norm/{layer.Layer}", layer.Gradient.Norm),
        SummaryValues.Scalar($"update_ratio/{layer.Layer}", layer.UpdateRatio),
    ]))));

    /// <summary>Logs the epoch that was completed last, unless it is logged already, and returns once all is on the disk.</summary>
    /// <param name="run">The run.</param>
    /// <param name="state">Its tensors by name.</param>
    /// <exception cref="DiskException">It may not be on the disk.</exception>
    public void Complete(TrainingRun run, IReadOnlyDictionary<string, Tensor> state)
    {
        if (run.Position.Epoch > _epoch)
        {
            _epoch = run.Position.Epoch;
            IEnumerable<Summary.Types.Value?> histograms = run.Network.Graph.Parameters.Where(p => p.Shape.Rank > 1)
                .Select(p => SummaryValues.Histogram($"weights/{p.Name}", state[p.Name].Span));
            _file.Write(Record(Values(run.StepsDone, [.. Scalars(run.Position.History[^1]), .. histograms.OfType<Summary.Types.Value>()])));
        }

        _file.Sync();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static IEnumerable<Summary.Types.Value> Scalars(EpochResult epoch)
    {
        (string Tag, double? Value)[] all =
        [
            ("train_loss", epoch.TrainLoss), ("train_accuracy", epoch.TrainAccuracy), ("validation_loss", epoch.ValidationLoss),
            ("validation_accuracy", epoch.ValidationAccuracy), ("test_loss", epoch.TestLoss), ("test_accuracy", epoch.TestAccuracy),
            ("clipped_share", epoch.ClippedShare), ("skipped_steps", epoch.SkippedSteps), ("seconds", epoch.Seconds),
        ];
        return all.Where(scalar => scalar.Value is not null).Select(scalar => SummaryValues.Scalar($"epoch/{scalar.Tag}", scalar.Value!.Value));
    }

    // The first events whose records are sound and whose steps have been taken.
    private static int LengthUntil(ReadOnlySpan<byte> file, long step)
    {
        int length = 0;
        while (RecordFraming.Read(file[length..], out ReadOnlySpan<byte> content) is > 0 and int taken && Event.Parser.ParseFrom(content).Step <= step)
        {
            length += taken;
        }

        return length;
    }

    private static byte[] Record(Event content)
    {
        content.WallTime = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        return RecordFraming.Frame(content.ToByteArray());
    }

    private static Event Values(long step, params IEnumerable<Summary.Types.Value> values) => new() { Step = step, Summary = new Summary { Value = { values } } };

    private static byte[] Beginning(TrainingRun run, string config)
    {
        ImageSource images = run.Data.Train;
        int count = Math.Min(GridSide * GridSide, images.Count);
        // Evenly spread: a source may be sorted by class.
        (byte[] png, int height, int width) = Thumbnails.Grid(
            images, [.. Enumerable.Range(0, count).Select(i => (int)((long)i * images.Count / count))], GridSide, ThumbnailSide);
        return
        [
            .. Record(new Event { FileVersion = FormatVersion }),
            .. Record(Values(0, SummaryValues.Text("config", $"```json\n{config}\n```"), SummaryValues.Image("images/training", png, height, width, images.Channels))),
        ];
    }
}
