using System.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>Processors with narrower vectors train too: the wider instructions are turned off, and the tool must say so.</summary>
public sealed class LadderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public LadderTests() => IdxFiles.WriteAll(_folder);

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "256-bit vectors")]
    [InlineData("DOTNET_EnableAVX2", "128-bit vectors")]
    [InlineData("DOTNET_EnableHWIntrinsic", "no vectors")]
    public void Every_rung_of_the_ladder_trains_to_about_the_same_loss(string turnedOff, string rung)
    {
        Outcome widest = Tool.Run(Training("widest")).Succeeded();
        ProcessStartInfo command = Training("narrow");
        command.Environment[turnedOff] = "0";

        Outcome narrow = Tool.Run(command).Succeeded();

        Assert.Contains(rung, narrow.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(rung, widest.Error, StringComparison.Ordinal);
        Assert.Equal(1, (double)narrow.Document["parity"]!["agreement"]!);
        // Six steps apart in rounding alone: other orders of summation, amplified from step to step.
        Assert.Equal((double)widest.Document["loss"]!, (double)narrow.Document["loss"]!, 0.02);
    }

    public void Dispose() => _folder.Dispose();

    private ProcessStartInfo Training(string run) =>
        Tool.Command(_folder.Path, "train", "--data", "idx:.", "--batch", "10", "--epochs", "2", "--out", run, "--json");
}
