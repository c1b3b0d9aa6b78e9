using System.Diagnostics;
using System.Runtime.InteropServices;
using Gimbal.Processes;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Tests.Training;

namespace Gimbal.Cli.Tests;

/// <summary>A run that is stopped, however, goes on as if it had not been.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Kills = 25;
    private const int Epochs = 4;
    // A second of training or more: a stop at its first line must come before its end on a fast machine too.
    private const int Pictures = 2048;
    private const int Side = 16;

    // Dropout, augmentation, averages and momentum: everything that has a state or a random stream takes part.
    private static readonly string[] s_training =
    [
        "train", "--data", "idx:data", "--model", "resnet8", "--batch", "32", "--epochs", $"{Epochs}", "--dropout", "0.2", "--pad-crop", "2", "--flip", "--cutout", "4",
        "--ema", "0.95", "--optimizer", "sgd", "--momentum", "0.9", "--clip", "norm:1", "--validation", "0.125", "--seed", "5",
    ];

    private readonly TestFolder _folder = new();

    public InterruptionTests()
    {
        _folder.Write("data/train-images-idx3-ubyte", IdxFiles.Images(1, Pictures, Side));
        _folder.Write("data/train-labels-idx1-ubyte", IdxFiles.Labels(Pictures));
        _folder.Write("data/t10k-images-idx3-ubyte", IdxFiles.Images(2, IdxFiles.Count, Side));
        _folder.Write("data/t10k-labels-idx1-ubyte", IdxFiles.Labels());
    }

    [Fact]
    public void After_a_stop_at_a_random_step_the_weights_are_those_of_an_uninterrupted_run()
    {
        Tool.Run(_folder.Path, [.. s_training, "--out", "whole"]).Succeeded();
        Random random = new(11);
        int stops = 0;
        for (int life = 0; !IsComplete("parts") && life < 12; life++)
        {
            string[] line = life == 0 ? [.. s_training, "--out", "parts"] : ["train", "--resume", "--out", "parts", "--threads", $"{1 + (life % 2)}"];
            // The first stop comes at once, so that there is one however fast the machine is.
            TimeSpan after = TimeSpan.FromMilliseconds(life == 0 ? 0 : random.Next(50, 700));
            Outcome outcome = Tool.RunAndInterrupt(Tool.Command(_folder.Path, line), Tool.IsTraining, after);
            if (outcome.ExitCode != 0)
            {
                stops++;
                Assert.Equal(130, outcome.ExitCode);
                // Once the model is written nobody is left to answer; behind the last epoch there is nothing more to save.
                Assert.True(IsComplete("parts") || outcome.Error.Trim() == "stopped", outcome.Error);
                bool isTrained = CheckpointFolder.LoadLast(_folder["parts/checkpoints"])!.Checkpoint.Epoch == Epochs;
                Assert.True(isTrained || File.ReadAllText(_folder["parts/report.html"]).Contains("Stopped after", StringComparison.Ordinal));
                Assert.True(isTrained || outcome.Out.Contains("checkpoint saved; go on with: gimbal train --resume --out parts", StringComparison.Ordinal), outcome.Out);
            }
        }

        Tool.Run(_folder.Path, "train", "--resume", "--out", "parts").Succeeded();
        Assert.InRange(stops, 1, 12);
        AssertSameRun("whole", "parts");
        Assert.Equal(File.ReadAllBytes(_folder["whole/model.onnx"]), File.ReadAllBytes(_folder["parts/model.onnx"]));
        Assert.Equal(LogOf("whole"), LogOf("parts"));
    }

    [Fact]
    public void After_25_kills_no_checkpoint_is_unreadable_and_the_weights_are_those_of_an_uninterrupted_run()
    {
        Tool.Run(_folder.Path, [.. s_training, "--out", "whole"]).Succeeded();
        ProcessStartInfo first = Tool.Command(_folder.Path, [.. s_training, "--out", "parts", "--save-steps", "1"]);
        new RandomKills(first, Tool.IsTraining, TimeSpan.FromMilliseconds(400), seed: 3).Run(1, _ => { });
        while (CheckpointFolder.LoadLast(_folder["parts/checkpoints"]) is null)
        {
            Directory.Delete(_folder["parts"], recursive: true);
            new RandomKills(first, Tool.IsTraining, TimeSpan.FromMilliseconds(400), seed: 4).Run(1, _ => { });
        }

        Copy(_folder["parts"], _folder["begun"]);
        long step = 0;
        ProcessStartInfo resume = Tool.Command(_folder.Path, "train", "--resume", "--out", "parts", "--save-steps", "1");
        RandomKills kills = new(resume, Tool.IsTraining, TimeSpan.FromMilliseconds(120), seed: 5);
        kills.Run(Kills - 1, life =>
        {
            Checkpoint found = CheckpointFolder.LoadLast(_folder["parts/checkpoints"])!.Checkpoint;
            Assert.True(life.ExitCode is null or 0, string.Join(" | ", life.Lines));
            Assert.InRange(found.Step, step, long.MaxValue);
            step = found.Step;
            if (life.ExitCode == 0)
            {
                // A fast machine reaches the end between two kills: the rest of them falls on the same run from its first checkpoint.
                AssertSameRun("whole", "parts");
                Assert.Equal(LogOf("whole"), LogOf("parts"));
                Directory.Delete(_folder["parts"], recursive: true);
                Copy(_folder["begun"], _folder["parts"]);
                step = 0;
            }
        });

        Tool.Run(_folder.Path, "train", "--resume", "--out", "parts").Succeeded();
        AssertSameRun("whole", "parts");
        Assert.Equal(LogOf("whole"), LogOf("parts"));
    }

    [Fact]
    public void Another_seed_gives_other_weights()
    {
        Tool.Run(_folder.Path, [.. s_training, "--out", "one"]).Succeeded();
        Tool.Run(_folder.Path, [.. s_training[..^1], "6", "--out", "two"]).Succeeded();

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertSameRun("one", "two"));
    }

    [Fact]
    public void A_run_goes_on_where_its_data_has_moved_and_refuses_other_data()
    {
        Tool.Run(_folder.Path, [.. s_training, "--out", "run"]).Succeeded();
        Directory.Move(_folder["data"], _folder["moved"]);

        Tool.Run(_folder.Path, "train", "--resume", "--out", "run", "--data", "idx:moved").Succeeded();
        _folder.Write("moved/train-images-idx3-ubyte", IdxFiles.Images(3, Pictures, Side));
        Outcome other = Tool.Run(_folder.Path, "train", "--resume", "--out", "run", "--data", "idx:moved");

        Assert.Equal(2, other.ExitCode);
        Assert.StartsWith("error: --resume: the training images are not those of the run", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_another_process_writes_to_is_not_resumed()
    {
        Tool.Run(_folder.Path, [.. s_training, "--out", "run"]).Succeeded();
        using CheckpointFolder held = CheckpointFolder.Open(_folder["run/checkpoints"]);

        Outcome outcome = Tool.Run(_folder.Path, "train", "--resume", "--out", "run");

        Assert.Equal(74, outcome.ExitCode);
        Assert.Contains("another run is writing to it", outcome.Error, StringComparison.Ordinal);
        // Refused ahead of reading the checkpoint, which the other may be about to replace.
        Assert.Empty(outcome.Out);
    }

    public void Dispose() => _folder.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    // What the TensorBoard log holds of each step, in order: nothing lost and nothing twice.
    private IEnumerable<string> LogOf(string run) =>
        EventFileReader.Read(File.ReadAllBytes(_folder[$"{run}/events.out.tfevents.gimbal"])).Select(value => $"{value.Step} {value.Tag}");

    private bool IsComplete(string run) => File.Exists(_folder[$"{run}/model.onnx"]);

    private void AssertSameRun(string expected, string actual)
    {
        Checkpoint one = Checkpoint.Load(_folder[$"{expected}/checkpoints/last.safetensors"]);
        Checkpoint other = Checkpoint.Load(_folder[$"{actual}/checkpoints/last.safetensors"]);
        Assert.Equal(one.Step, other.Step);
        Assert.Equal(one.Tensors.Keys.Order(), other.Tensors.Keys.Order());
        foreach ((string name, Tensor tensor) in one.Tensors)
        {
            Assert.True(MemoryMarshal.AsBytes(tensor.Span).SequenceEqual(MemoryMarshal.AsBytes(other.Tensors[name].Span)), $"{name} differs");
        }
    }
}
