using System.Diagnostics;
using System.Text.Json.Nodes;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>What <c>gimbal bench</c> and <c>inspect --cost</c> say; how fast the machine is, no test asserts.</summary>
public sealed class BenchTests : IDisposable
{
    // The head of mlp for 4 images: 512 features, 10 classes; x, w, bias and y once.
    private const long HeadFlop = 2L * 4 * 512 * 10;
    private const long HeadBytes = 4L * ((4 * 512) + (512 * 10) + 10 + (4 * 10));

    private readonly TestFolder _folder = new();

    [Fact]
    public void Inspect_prints_what_every_node_costs()
    {
        JsonNode cost = Tool.Run(_folder.Path, "inspect", "--model", "mlp", "--batch", "4", "--cost", "--json").Succeeded().Document["cost"]!;

        JsonArray nodes = cost["nodes"]!.AsArray();
        JsonNode head = nodes.Single(node => (string?)node!["node"] == "fc3.Gemm")!;
        Assert.Equal(HeadFlop, (long)head["flop"]!);
        Assert.Equal(HeadBytes, (long)head["bytes"]!);
        Assert.True((double)head["floor_us"]! > 0);
        Assert.Equal(nodes.Sum(node => (long)node!["flop"]!), (long)cost["flop"]!);
        Assert.Equal(nodes.Sum(node => (long)node!["bytes"]!), (long)cost["bytes"]!);
    }

    [Fact]
    public void Every_step_of_a_plan_is_listed_beside_the_floor_of_its_node()
    {
        Outcome outcome = Tool.Run(
            _folder.Path, "bench", "kernels", "--model", "mlp", "--batch", "4", "--repetitions", "1", "--threads", "2", "--json").Succeeded();

        JsonArray nodes = outcome.Document["nodes"]!.AsArray();
        JsonNode head = nodes.Single(node => (string?)node!["node"] == "fc3.Gemm")!;
        Assert.Equal(HeadFlop, (long)head["flop"]!);
        Assert.Equal("Gemm", (string?)head["op"]);
        Assert.All(nodes, node => Assert.Equal(node!["steps"]!.AsArray().Sum(step => (double)step!["ms"]!), (double)node!["ms"]!, 1e-9));
        Assert.Contains("peaks", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("direct convolution", outcome.Error, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void On_a_card_every_launch_is_listed_and_has_no_floor()
    {
        ProcessStartInfo command = Tool.Command(_folder.Path, ["bench", "kernels", "--model", "mlp", "--size", "8", "--batch", "4", "--repetitions", "1", "--device", "cuda", "--json"]);
        command.Environment.Remove("CUDA_VISIBLE_DEVICES");
        command.Environment["LD_LIBRARY_PATH"] = SimulatorBuild.Folder;

        Outcome outcome = Tool.Run(command).Succeeded();

        JsonNode head = outcome.Document["nodes"]!.AsArray().Single(node => (string?)node!["node"] == "fc3.Gemm")!;
        Assert.Equal("gemm_nt_f32", (string?)head["steps"]![0]!["name"]);
        Assert.Null(head["floor_ms"]);
        Assert.Contains(Simulator.DeviceName, (string?)outcome.Document["device"], StringComparison.Ordinal);
    }

    [Fact]
    public void Inference_is_timed_for_one_picture_and_for_many()
    {
        Outcome outcome = Tool.Run(_folder.Path, "bench", "inference", "--model", "resnet8", "--runs", "1", "--groups", "1", "--json").Succeeded();

        JsonArray rows = outcome.Document["rows"]!.AsArray();
        Assert.Equal([1, 32], rows.Select(row => (int)row!["batch"]!));
        Assert.All(rows, row =>
        {
            Assert.Equal("resnet8", (string?)row!["model"]);
            Assert.Equal("ONNX Runtime", (string?)row["rival"]);
            Assert.Equal((double)row["rival_ms"]! / (double)row["ours_ms"]!, (double)row["ratio"]!, 1e-9);
        });
    }

    [Fact]
    public void A_comparison_outside_a_checkout_is_exit_6() => Refused(6, "runs from a checkout of Gimbal alone", "a comparison", "bench", "train");

    [Theory]
    [InlineData("no verb", "gimbal bench --help", "bench")]
    [InlineData("unknown verb", "did you mean train?", "bench", "trian")]
    [InlineData("unknown flag", "(gimbal bench kernels); did you mean --batch?", "bench", "kernels", "--btach", "4")]
    [InlineData("unknown rival", "--against: 'pytorch' is not known (there is torchsharp)", "bench", "train", "--against", "pytorch")]
    [InlineData("unknown instructions", "--instructions: '1024' is not known", "bench", "train", "--instructions", "1024")]
    [InlineData("unknown model", "no model is called 'resnet21'", "bench", "kernels", "--model", "resnet21")]
    [InlineData("unknown device", "--device: 'gpu' is not", "bench", "kernels", "--device", "gpu")]
    [InlineData("nothing to repeat", "--repetitions: 0 is not 1 or more", "bench", "kernels", "--repetitions", "0")]
    [InlineData("no runs", "--runs: 0 is not 1 or more", "bench", "inference", "--runs", "0")]
    public void A_wrong_command_line_is_exit_2(string what, string says, params string[] arguments) => Refused(2, says, what, arguments);

    public void Dispose() => _folder.Dispose();

    private void Refused(int exitCode, string says, string what, params string[] arguments)
    {
        Outcome outcome = Tool.Run(_folder.Path, arguments);

        Assert.True(outcome.ExitCode == exitCode, $"{what}: exit {outcome.ExitCode}, wanted {exitCode}: {outcome.Error}{outcome.Out}");
        string line = outcome.Error.TrimEnd('\n', '\r');
        Assert.StartsWith("error: ", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
        Assert.Contains(says, line, StringComparison.Ordinal);
    }
}
