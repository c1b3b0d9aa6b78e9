using Gimbal.Trainer.Health;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>The readings of the layers' health a run leaves behind.</summary>
public sealed class HealthLogTests : IDisposable
{
    // 160 pictures in batches of 32, two epochs.
    private const int Steps = 10;

    private static readonly TrainingOptions s_options = SmallRun.Options with { HealthEvery = 3 };

    private readonly TestFolder _folder = new();

    private string LogPath => _folder["health.jsonl"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_first_step_and_every_third_are_read_with_all_layers()
    {
        List<HealthReading> reported = [];
        Train(reported: reported);

        IReadOnlyList<HealthReading> readings = RunFolder.ReadHealth(_folder.Path);

        Assert.Equal([0, 3, 6, 9], readings.Select(reading => reading.Step));
        Assert.Equal(readings.Count, File.ReadAllLines(LogPath).Length);
        foreach ((HealthReading read, HealthReading told) in readings.Zip(reported))
        {
            Assert.Equal(told.Norm, read.Norm, 1e-5 * told.Norm);
            Assert.Equal(told.Layers.Select(layer => layer.Layer), read.Layers.Select(layer => layer.Layer));
            Assert.All(read.Layers.Zip(told.Layers), pair =>
            {
                Assert.True(pair.First is { Activation.Rms: > 0, Gradient.Rms: > 0, WeightNorm: > 0, UpdateNorm: > 0, Activation.NonFinite: 0 });
                Assert.Equal(pair.Second.UpdateRatio, pair.First.UpdateRatio, 1e-5 * pair.Second.UpdateRatio);
                Assert.Equal(pair.Second.Gradient.Norm, pair.First.Gradient.Norm, 1e-5 * pair.Second.Gradient.Norm);
            });
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    public void A_run_that_goes_on_neither_loses_nor_doubles_a_reading(int stopAfter)
    {
        Train();
        string[] expected = File.ReadAllLines(LogPath);
        File.Delete(LogPath);
        Directory.Delete(_folder["checkpoints"], recursive: true);

        Train(stopAfter);
        Train();

        Assert.Equal(expected, File.ReadAllLines(LogPath));
    }

    [Fact]
    public void Readings_behind_the_checkpoint_and_a_torn_line_are_cut_off()
    {
        Train();
        string[] expected = File.ReadAllLines(LogPath);
        byte[] whole = File.ReadAllBytes(LogPath);
        File.Delete(LogPath);
        Directory.Delete(_folder["checkpoints"], recursive: true);
        Train(stopAfter: 5);
        File.WriteAllBytes(LogPath, whole[..^7]);
        Assert.Equal(expected.Length - 1, RunFolder.ReadHealth(_folder.Path).Count);

        Train();

        Assert.Equal(expected, File.ReadAllLines(LogPath));
    }

    [Fact]
    public void A_damaged_line_is_named()
    {
        Train();
        string[] lines = File.ReadAllLines(LogPath);
        lines[1] = lines[1][..20];
        File.WriteAllLines(LogPath, lines);

        DataFileException e = Assert.Throws<DataFileException>(() => RunFolder.ReadHealth(_folder.Path));
        Assert.Contains("line 2 is damaged", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void What_is_trained_does_not_depend_on_the_readings(int healthEvery)
    {
        IReadOnlyDictionary<string, Tensor> expected = SmallRun.Train(s_options, SmallRun.Model(s_options), SmallRun.Data(), threads: 2);
        TrainingOptions options = s_options with { HealthEvery = healthEvery };

        SmallRun.AssertSameBits(expected, SmallRun.Train(options, SmallRun.Model(options), SmallRun.Data(), threads: 1));
    }

    [Fact]
    public void A_step_that_diverges_is_read_before_the_run_stops()
    {
        TrainingOptions options = SmallRun.Options with { HealthEvery = 1, Lr = 9e5, Clip = "none", Epochs = 3 };
        List<HealthReading> readings = [];
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data(), options, device);

        DivergedException e = Assert.Throws<DivergedException>(() => run.Run(new RunCallbacks { Health = readings.Add }));

        Assert.Equal(e.Step, readings[^1].Step + 1);
        Assert.Contains(readings[^1].Layers, layer => layer.Gradient.NonFinite > 0);
    }

    // Goes on with what the folder holds; stops where asked, as Ctrl+C would.
    private void Train(int stopAfter = Steps, List<HealthReading>? reported = null)
    {
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(s_options), SmallRun.Data(), s_options, device);
        using RunFolder folder = RunFolder.Open(_folder.Path);
        if (RunFolder.HoldsRun(_folder.Path))
        {
            SavedRun saved = RunFolder.Read(RunFolder.Load(_folder.Path));
            run.Restore(saved.State, saved.Position);
        }

        folder.OpenLog(run);
        using CancellationTokenSource cancellation = new();
        if (stopAfter == 0)
        {
            cancellation.Cancel();
        }

        RunCallbacks callbacks = new()
        {
            Step = step =>
            {
                folder.Log(step);
                if (run.StepsDone == stopAfter)
                {
                    cancellation.Cancel();
                }
            },
            Health = reading =>
            {
                folder.Log(reading);
                reported?.Add(reading);
            },
            Save = folder.Save,
        };
        try
        {
            run.Run(callbacks, cancellation.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
