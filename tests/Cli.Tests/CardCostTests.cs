using System.Text.Json.Nodes;
using Gimbal.Trainer.Tests.Datasets;

namespace Gimbal.Cli.Tests;

/// <summary>What <c>gimbal inspect --device cuda --cost</c> says without a card and without a driver.</summary>
public sealed class CardCostTests : IDisposable
{
    // The head of mlp for 4 images: 512 features, 10 classes. The product is cut in two along the features; both parts are written and read again.
    private const long HeadFlop = 2L * 4 * 512 * 10;
    private const long HeadBytes = 4L * ((4 * 512) + (512 * 10) + 10 + (4 * 10) + (2 * 2 * 40));
    private static readonly string[] s_head = ["gemm_nt_f32", "split_sum_f32"];

    private readonly TestFolder _folder = new();

    [Fact]
    public void Every_node_has_its_launches_its_traffic_and_a_floor()
    {
        JsonNode document = Inspect("mlp", 4).Succeeded().Document;
        JsonNode cost = document["cost"]!;

        JsonArray nodes = cost["nodes"]!.AsArray();
        JsonNode head = nodes.Single(node => (string?)node!["node"] == "fc3.Gemm")!;
        Assert.Equal(HeadFlop, (long)head["flop"]!);
        Assert.Equal(HeadBytes, (long)head["bytes"]!);
        Assert.Equal(s_head, head["launches"]!.AsArray().Select(launch => ((string)launch!["launch"]!).Split(' ')[0]));
        // 4.8 TB/s.
        Assert.Equal(HeadBytes / 4.8e6, (double)head["floor_us"]!, 1e-9);
        Assert.Equal(nodes.Sum(node => (long)node!["bytes"]!), (long)cost["bytes"]!);
        Assert.Equal(nodes.Sum(node => (long)node!["flop"]!), (long)cost["flop"]!);
        Assert.Equal(nodes.Sum(node => node!["launches"]!.AsArray().Count), (int)cost["launches"]!);
        Assert.Equal((int)cost["launches"]!, (int)document["launches"]!);
        Assert.Equal("h200", (string?)cost["gpu"]!["key"]);
    }

    [Theory]
    [InlineData("resnet8", 1, "launches")]
    [InlineData("resnet18", 128, "arithmetic")]
    public void The_longest_of_the_three_floors_binds(string model, int batch, string binding)
    {
        JsonNode cost = Inspect(model, batch, "--gpu", "a100", "--launch-us", "3").Succeeded().Document["cost"]!;

        JsonNode floors = cost["floors_us"]!;
        Assert.Equal((long)cost["bytes"]! / 2.039e6, (double)floors["memory"]!, 1e-6);
        Assert.Equal((long)cost["flop"]! / 19.5e6, (double)floors["arithmetic"]!, 1e-6);
        Assert.Equal((int)cost["launches"]! * 3, (double)floors["launches"]!, 1e-6);
        Assert.Equal(binding, (string?)cost["binds"]);
        Assert.Equal(floors.AsObject().MaxBy(floor => (double)floor.Value!).Key, binding);
    }

    [Fact]
    public void Products_on_tensor_cores_have_the_tensor_cores_floor()
    {
        JsonNode cost = Inspect("resnet18", 128, "--precision", "bf16").Succeeded().Document["cost"]!;

        JsonNode convolution = cost["nodes"]!.AsArray().Single(node => (string?)node!["node"] == "layer1.0.conv1.FusedConv")!;
        Assert.Equal("bf16", (string?)convolution["precision"]);
        Assert.StartsWith("conv_forward_fused_n64_bf16 ", (string?)convolution["launches"]![0]!["launch"], StringComparison.Ordinal);
        // 989.4 TFLOP/s; 4.8 TB/s.
        Assert.Equal(Math.Max((long)convolution["flop"]! / 989.4e6, (long)convolution["bytes"]! / 4.8e6), (double)convolution["floor_us"]!, 1e-6);
        Assert.Equal("fp32", (string?)cost["nodes"]!.AsArray().First(node => (string?)node!["op"] == "NormalizeRelu")!["precision"]);
    }

    [Fact]
    public void The_step_before_fusion_has_more_launches_and_more_traffic()
    {
        Outcome outcome = Inspect("resnet8", 2);
        JsonNode cost = outcome.Succeeded().Document["cost"]!;

        // CudaListingTests counts them.
        Assert.Equal((int)cost["launches"]! + 32, (int)cost["unfused"]!["launches"]!);
        Assert.True((long)cost["bytes"]! < (long)cost["unfused"]!["bytes"]!);
        Assert.Contains("total before fusion", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("not measured", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_of_a_card_lists_launches()
    {
        string listing = Tool.Run(_folder.Path, "inspect", "--model", "mlp", "--batch", "4", "--device", "cuda", "--plan").Succeeded().Out;

        Assert.Contains("gemm_nt_f32 <2,1,1> x256", listing, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--gpu: 'h300' is not known (there are h200, h100", "--device", "cuda", "--cost", "--gpu", "h300")]
    [InlineData("--launch-us: 0 is not above 0", "--device", "cuda", "--cost", "--launch-us", "0")]
    [InlineData("--gpu: goes with --device cuda --cost alone", "--cost", "--gpu", "h100")]
    [InlineData("--launch-us: goes with --device cuda --cost alone", "--device", "cuda", "--launch-us", "3")]
    [InlineData("--device: 'gpu' is not", "--device", "gpu")]
    public void A_wrong_command_line_is_exit_2(string says, params string[] arguments)
    {
        Outcome outcome = Tool.Run(_folder.Path, ["inspect", "--model", "mlp", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.StartsWith($"error: {says}", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', outcome.Error.TrimEnd());
    }

    public void Dispose() => _folder.Dispose();

    private Outcome Inspect(string model, int batch, params string[] more) =>
        Tool.Run(_folder.Path, ["inspect", "--model", model, "--batch", $"{batch}", "--device", "cuda", "--cost", "--json", .. more]);
}
