using System.Diagnostics;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>A run moves between the CPU and a card, here the simulated one, in the middle of an epoch and both ways.</summary>
public sealed class DeviceChangeTests : IDisposable
{
    private const int Side = 8;

    // One step from one state on two devices: the orders of two sums, through the depth of the network, times a learning rate below 1.
    private const double Tolerance = 1e-5;

    private static readonly string[] s_training =
    [
        "train", "--data", "idx:data", "--model", "resnet8", "--batch", "8", "--epochs", "2", "--dropout", "0.2", "--pad-crop", "1", "--flip",
        "--ema", "0.9", "--optimizer", "sgd", "--momentum", "0.9", "--clip", "norm:1", "--exact", "--seed", "5", "--out", "run",
    ];

    private readonly TestFolder _folder = new();

    public DeviceChangeTests()
    {
        _folder.Write("data/train-images-idx3-ubyte", IdxFiles.Images(1, IdxFiles.Count, Side));
        _folder.Write("data/train-labels-idx1-ubyte", IdxFiles.Labels());
        _folder.Write("data/t10k-images-idx3-ubyte", IdxFiles.Images(2, IdxFiles.Count, Side));
        _folder.Write("data/t10k-labels-idx1-ubyte", IdxFiles.Labels());
    }

    [SimulatorFact]
    public void A_run_that_a_card_began_goes_on_on_the_cpu_and_back_and_its_files_are_verified()
    {
        Outcome begun = Tool.RunAndInterrupt(Command([.. s_training, "--device", "cuda"]), Tool.IsTraining, TimeSpan.Zero);
        Assert.True(begun.ExitCode == 130, $"exit {begun.ExitCode}: {begun.Error}{begun.Out}");
        Assert.Contains(Simulator.DeviceName, begun.Out, StringComparison.Ordinal);

        Outcome cpu = Tool.Run(Command(["train", "--resume", "--out", "run", "--device", "cpu", "--save-steps", "1"])).Succeeded();
        AssertVerified(cpu, "cpu");
        Checkpoint onCpu = Checkpoint.Load(_folder["run/checkpoints/last.safetensors"]);

        // Back to one step ahead of the end.
        File.Delete(_folder["run/checkpoints/last.safetensors"]);
        File.Delete(_folder["run/model.onnx"]);
        Assert.InRange(CheckpointFolder.LoadLast(_folder["run/checkpoints"])!.Checkpoint.Step, 1, onCpu.Step - 1);
        Outcome card = Tool.Run(Command(["train", "--resume", "--out", "run", "--device", "cuda"])).Succeeded();
        AssertVerified(card, Simulator.DeviceName);
        Checkpoint onCard = Checkpoint.Load(_folder["run/checkpoints/last.safetensors"]);

        Assert.Equal(onCpu.Step, onCard.Step);
        Assert.Equal(onCpu.Tensors.Keys.Order(StringComparer.Ordinal), onCard.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Tensor tensor) in onCpu.Tensors)
        {
            double scale = tensor.Span.ToArray().Max(Math.Abs);
            double difference = tensor.Span.ToArray().Zip(onCard.Tensors[name].Span.ToArray(), (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(difference <= Tolerance * scale, FormattableString.Invariant($"{name} is off by {difference:e2} of {scale:e2}"));
        }
    }

    [SimulatorFact]
    public void A_run_in_bfloat16_goes_on_in_it_and_ends_with_a_verified_file()
    {
        Outcome begun = Tool.RunAndInterrupt(Command([.. s_training, "--device", "cuda", "--precision", "bf16"]), Tool.IsTraining, TimeSpan.Zero);
        Assert.True(begun.ExitCode == 130, $"exit {begun.ExitCode}: {begun.Error}{begun.Out}");

        Outcome onCpu = Tool.Run(Command(["train", "--resume", "--out", "run", "--device", "cpu"]));
        Assert.Equal((2, "error: --precision: bf16 needs --device cuda; the CPU takes fp32\n"), (onCpu.ExitCode, onCpu.Error));

        AssertVerified(Tool.Run(Command(["train", "--resume", "--out", "run"])).Succeeded(), Simulator.DeviceName);
        Assert.Contains("\"precision\": \"bf16\"", File.ReadAllText(_folder["run/config.json"]), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertVerified(Outcome outcome, string device)
    {
        Assert.Contains(device, outcome.Out, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("verified", outcome.Out, StringComparison.Ordinal);
    }

    private ProcessStartInfo Command(IEnumerable<string> arguments)
    {
        ProcessStartInfo command = Tool.Command(_folder.Path, arguments);
        command.Environment.Remove("CUDA_VISIBLE_DEVICES");
        command.Environment["LD_LIBRARY_PATH"] = SimulatorBuild.Folder;
        return command;
    }
}
