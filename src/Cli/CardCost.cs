using System.Text.Json.Nodes;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Cli;

/// <summary>What a training step costs on a card, for people and for machines. Nothing of it is measured.</summary>
/// <param name="Card">The card's peaks.</param>
/// <param name="LaunchMicroseconds">What a launch takes at least.</param>
internal sealed record CardCost(CudaPeaks Card, double LaunchMicroseconds)
{
    private const string LaunchName = "launches";

    private const string Convention =
        "FLOP as of direct convolution and textbook formulas; bytes as if every launch passed once over each tensor, temporary and table it is handed, and all of it through the card's memory "
        + "(what stays in its cache is faster); the floor of a node is the longer of the two";

    /// <summary>One line per node, the sum after and before fusion, and what binds.</summary>
    public IEnumerable<string> Lines(CudaListing fused, CudaListing unfused)
    {
        yield return $"{"node",-60} {"launches",8} {"MFLOP",11} {"MB",9} {"floor us",9}";
        foreach (CudaNodeCost node in fused.Nodes)
        {
            yield return Line(node.Node.Name, node.Launches.Count, node.Node.Cost.Flop, node.Bytes, FloorMicroseconds(node));
        }

        yield return Line("total", fused);
        yield return Line("total before fusion", unfused);
        Floors floors = FloorsOf(fused);
        yield return $"{Card}, as published and not measured here";
        yield return Convention;
        yield return FormattableString.Invariant(
            $"the whole step at least: memory {floors.Memory:0.0} us; arithmetic {floors.Arithmetic:0.0} us (all of it in TF32 {Microseconds(fused.Flop / Card.Tf32):0.0}, in bf16 {Microseconds(fused.Flop / Card.Bf16):0.0}); ")
            + FormattableString.Invariant($"{fused.LaunchCount} launches {floors.Launches:0.0} us, taken at {LaunchMicroseconds} us each: {floors.Binding} bind{(floors.Binding == LaunchName ? "" : "s")}");
    }

    /// <summary>The same for machines.</summary>
    public JsonObject Document(CudaListing fused, CudaListing unfused)
    {
        Floors floors = FloorsOf(fused);
        JsonObject document = Totals(fused);
        document["device"] = "cuda";
        document["gpu"] = new JsonObject
        {
            ["key"] = Card.Key,
            ["name"] = Card.Name,
            ["gb_per_second"] = Card.BytesPerSecond / 1e9,
            ["fp32_gflops"] = Card.Fp32 / 1e9,
            ["tf32_gflops"] = Card.Tf32 / 1e9,
            ["bf16_gflops"] = Card.Bf16 / 1e9,
        };
        document["launch_us"] = LaunchMicroseconds;
        document["floors_us"] = new JsonObject { ["memory"] = floors.Memory, ["arithmetic"] = floors.Arithmetic, [LaunchName] = floors.Launches };
        document["binds"] = floors.Binding;
        document["unfused"] = Totals(unfused);
        document["nodes"] = new JsonArray([.. fused.Nodes.Select(node => new JsonObject
        {
            ["node"] = node.Node.Name,
            ["op"] = node.Node.Op.Name,
            ["precision"] = node.Precision == Precision.Bfloat16 ? "bf16" : "fp32",
            ["attributes"] = OpText.Print(node.Node.Op),
            ["inputs"] = new JsonArray([.. node.Node.Inputs.Select(input => new JsonArray([.. input.Shape.Axes.ToArray().Select(extent => (JsonNode)extent)]))]),
            ["launches"] = new JsonArray([.. node.Launches.Select(launch => new JsonObject { ["launch"] = launch.Text, ["bytes"] = launch.Bytes })]),
            ["flop"] = node.Node.Cost.Flop,
            ["bytes"] = node.Bytes,
            ["floor_us"] = FloorMicroseconds(node),
        })]);
        return document;
    }

    private static double Microseconds(double seconds) => seconds * 1e6;

    private static string Line(string name, int launches, long flop, long bytes, double floor) =>
        FormattableString.Invariant($"{name,-60} {launches,8} {flop / 1e6,11:0.000} {bytes / 1e6,9:0.000} {floor,9:0.0}");

    private string Line(string name, CudaListing listing) => Line(name, listing.LaunchCount, listing.Flop, listing.Bytes, FloorMicroseconds(listing));

    private JsonObject Totals(CudaListing listing) => new()
    {
        ["launches"] = listing.LaunchCount,
        ["flop"] = listing.Flop,
        ["bytes"] = listing.Bytes,
        ["floor_us"] = FloorMicroseconds(listing),
    };

    private double FloorMicroseconds(CudaListing listing) => listing.Nodes.Sum(FloorMicroseconds);

    private double FloorMicroseconds(CudaNodeCost node) => Microseconds(Card.FloorSeconds(node.Node.Cost.Flop, node.Precision, node.Bytes));

    private Floors FloorsOf(CudaListing listing) =>
        new(Microseconds(listing.Bytes / Card.BytesPerSecond), Microseconds(listing.Nodes.Sum(node => Card.ArithmeticSeconds(node.Node.Cost.Flop, node.Precision))), listing.LaunchCount * LaunchMicroseconds);

    private readonly record struct Floors(double Memory, double Arithmetic, double Launches)
    {
        public string Binding => Launches >= Memory && Launches >= Arithmetic ? LaunchName : Memory >= Arithmetic ? "memory" : "arithmetic";
    }
}
