using System.Text;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Training;
using SkiaSharp;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>The TensorBoard log, read by a reader that shares nothing with its writer.</summary>
public sealed class EventLogTests : IDisposable
{
    // 160 pictures in batches of 32, two epochs.
    private const int Steps = 10;
    private const int StepsPerEpoch = 5;

    private readonly TestFolder _folder = new();

    private string LogPath => _folder["events.out.tfevents.gimbal"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_reader_computes_the_published_checksum_and_refuses_any_flipped_bit()
    {
        // The check value of CRC-32C in RFC 3720 and the catalogues of CRCs.
        Assert.Equal(0xe3069283u, EventFileReader.Crc32C("123456789"u8));

        Train(stopAfter: 1);
        byte[] file = File.ReadAllBytes(LogPath);
        Assert.NotEmpty(EventFileReader.Read(file));
        for (int at = 0; at < 200; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x10;
            Assert.ThrowsAny<Exception>(() => EventFileReader.Read(damaged));
        }
    }

    [Fact]
    public void A_log_begins_with_its_version_the_options_and_pictures()
    {
        Train();

        IReadOnlyList<LoggedValue> values = Read();

        Assert.Equal(["version", "config", "images/training"], values.Take(3).Select(value => value.Tag));
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString(values[0].Fields[3].Single()));
        // Value: tensor = 8, metadata = 9. TensorProto: string_val = 8. SummaryMetadata: plugin_data = 1. PluginData: plugin_name = 1.
        byte[] text = EventFileReader.Fields(values[1].Fields[8].Single()).Single(field => field.Number == 8).Value;
        Assert.Contains("\"optimizer\": \"sgd\"", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
        byte[] plugin = EventFileReader.Fields(values[1].Fields[9].Single()).Single(field => field.Number == 1).Value;
        Assert.Equal("text", Encoding.UTF8.GetString(EventFileReader.Fields(plugin).Single(field => field.Number == 1).Value));
        AssertIsGrid(values[2].Fields[4].Single());
    }

    [Fact]
    public void Every_step_and_every_epoch_is_logged_with_what_was_reported()
    {
        List<StepReport> steps = [];
        IReadOnlyList<EpochResult> epochs = Train(steps: steps);

        IReadOnlyList<LoggedValue> values = Read();

        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (long)step), StepsOf(values, "train/loss"));
        Assert.Equal(steps.Select(step => step.Loss), ScalarsOf(values, "train/loss"));
        Assert.Equal(steps.Select(step => step.GradientNorm), ScalarsOf(values, "train/gradient_norm"));
        Assert.Equal(steps.Select(step => (float)step.LearningRate), ScalarsOf(values, "train/learning_rate"));
        Assert.Equal([StepsPerEpoch, 2 * StepsPerEpoch], StepsOf(values, "epoch/test_accuracy"));
        Assert.Equal(epochs.Select(epoch => (float)epoch.TestAccuracy), ScalarsOf(values, "epoch/test_accuracy"));
        Assert.Equal(epochs.Select(epoch => (float)epoch.TrainLoss), ScalarsOf(values, "epoch/train_loss"));
        Assert.Empty(StepsOf(values, "epoch/validation_loss"));
    }

    [Fact]
    public void Every_reading_of_the_layers_health_is_logged()
    {
        List<HealthReading> readings = [];
        Train(readings: readings);

        IReadOnlyList<LoggedValue> values = Read();

        Assert.Equal([1, 5, 9], StepsOf(values, "activation_rms/layer1.0.conv1"));
        Assert.Equal(readings.Select(reading => reading.Layers[1].Activation.Rms), ScalarsOf(values, "activation_rms/layer1.0.conv1"));
        Assert.Equal(readings.Select(reading => (float)reading.Layers[1].Gradient.Norm), ScalarsOf(values, "gradient_norm/layer1.0.conv1"));
        Assert.Equal(readings.Select(reading => (float)reading.Layers[1].UpdateRatio), ScalarsOf(values, "update_ratio/layer1.0.conv1"));
    }

    [Fact]
    public void Histograms_count_every_weight_of_every_layer()
    {
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device);
        using (RunFolder folder = RunFolder.Open(_folder.Path))
        {
            folder.OpenLog(run);
            run.Run(new RunCallbacks { Step = folder.Log, Save = folder.Save });
        }

        float[] weights = run.CaptureState()["conv1.weight"].Span.ToArray();
        LoggedValue last = Read().Last(value => value.Tag == "weights/conv1.weight");
        // HistogramProto: min = 1, max = 2, num = 3, sum = 4, sum_squares = 5 (doubles), bucket_limit = 6, bucket = 7 (packed doubles).
        Dictionary<int, byte[]> histogram = EventFileReader.Fields(last.Fields[5].Single()).ToDictionary(field => field.Number, field => field.Value);
        Assert.Equal(weights.Min(), BitConverter.ToDouble(histogram[1]));
        Assert.Equal(weights.Max(), BitConverter.ToDouble(histogram[2]));
        Assert.Equal(weights.Length, BitConverter.ToDouble(histogram[3]));
        Assert.Equal(weights.Sum(weight => (double)weight), BitConverter.ToDouble(histogram[4]), 1e-9);
        double[] limits = Doubles(histogram[6]);
        double[] counts = Doubles(histogram[7]);
        Assert.Equal(limits.Order(), limits);
        Assert.Equal(weights.Length, counts.Sum());
        // Away from the ends, where rounding may put a weight on the other side of a limit.
        Assert.Equal(weights.Count(weight => weight < limits[14]), counts.Take(15).Sum(), 2.0);
        Assert.Equal(run.Network.Graph.Parameters.Count(p => p.Shape.Rank > 1), Read().Count(value => value.Step == Steps && value.Tag.StartsWith("weights/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void A_run_that_goes_on_neither_loses_nor_doubles_a_step(int stopAfter)
    {
        Train();
        string[] expected = [.. Read().Select(Position)];
        File.Delete(LogPath);
        Directory.Delete(_folder["checkpoints"], recursive: true);

        Train(stopAfter);
        Assert.Equal(stopAfter, StepsOf(Read(), "train/loss").LastOrDefault());
        Train();

        Assert.Equal(expected, Read().Select(Position));
    }

    [Fact]
    public void Steps_behind_the_checkpoint_and_a_torn_record_are_cut_off()
    {
        Train();
        string[] expected = [.. Read().Select(Position)];
        byte[] whole = File.ReadAllBytes(LogPath);
        File.Delete(LogPath);
        Directory.Delete(_folder["checkpoints"], recursive: true);
        Train(stopAfter: 5);
        // A run killed later than its last checkpoint, in the middle of a record.
        File.WriteAllBytes(LogPath, whole[..^7]);
        Assert.Throws<InvalidDataException>(Read);

        Train();

        Assert.Equal(expected, Read().Select(Position));
    }

    private static string Position(LoggedValue value) => $"{value.Step} {value.Tag}";

    private static IEnumerable<long> StepsOf(IEnumerable<LoggedValue> values, string tag) => values.Where(value => value.Tag == tag).Select(value => value.Step);

    private static IEnumerable<float> ScalarsOf(IEnumerable<LoggedValue> values, string tag) => values.Where(value => value.Tag == tag).Select(value => value.Scalar!.Value);

    private static double[] Doubles(byte[] packed) => [.. packed.Chunk(8).Select(chunk => BitConverter.ToDouble(chunk))];

    private static void AssertIsGrid(byte[] image)
    {
        // Image: height = 1, width = 2, colorspace = 3, encoded_image_string = 4. Eight by eight pictures of 32x32.
        Dictionary<int, byte[]> fields = EventFileReader.Fields(image).ToDictionary(field => field.Number, field => field.Value);
        Assert.Equal([256, 256, 3], new[] { 1, 2, 3 }.Select(number => (int)BitConverter.ToInt64(fields[number])));
        using SKBitmap picture = SKBitmap.Decode(fields[4]);
        Assert.Equal((256, 256), (picture.Width, picture.Height));
        byte[] first = new byte[32 * 32 * 3];
        SmallRun.Data().Train.Read(0, first);
        byte[] second = new byte[32 * 32 * 3];
        SmallRun.Data().Train.Read(160 / 64, second);
        Assert.Equal(new SKColor(first[0], first[1], first[2]), picture.GetPixel(0, 0));
        Assert.Equal(new SKColor(second[0], second[1], second[2]), picture.GetPixel(32, 0));
    }

    private IReadOnlyList<LoggedValue> Read() => EventFileReader.Read(File.ReadAllBytes(LogPath));

    // One life of a run in the folder: from its checkpoint, if there is one, to the end or until it is cancelled.
    private IReadOnlyList<EpochResult> Train(int? stopAfter = null, List<StepReport>? steps = null, List<HealthReading>? readings = null)
    {
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(), SmallRun.Options, device);
        if (RunFolder.HoldsRun(_folder.Path))
        {
            SavedRun saved = RunFolder.Read(RunFolder.Load(_folder.Path));
            run.Restore(saved.State, saved.Position);
        }

        using RunFolder folder = RunFolder.Open(_folder.Path);
        using CancellationTokenSource stop = new();
        if (stopAfter == 0)
        {
            stop.Cancel();
        }

        folder.OpenLog(run);
        RunCallbacks callbacks = new()
        {
            Step = step =>
            {
                steps?.Add(step);
                folder.Log(step);
                if (run.StepsDone == stopAfter)
                {
                    stop.Cancel();
                }
            },
            Health = reading =>
            {
                readings?.Add(reading);
                folder.Log(reading);
            },
            Save = folder.Save,
        };
        if (stopAfter is null)
        {
            run.Run(callbacks);
        }
        else
        {
            Assert.Throws<OperationCanceledException>(() => run.Run(callbacks, stop.Token));
        }

        return run.Position.History;
    }
}
