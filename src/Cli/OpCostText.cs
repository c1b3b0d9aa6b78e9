using System.Text.Json.Nodes;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Cli;

/// <summary>What the nodes of a graph cost, for people and for machines.</summary>
internal static class OpCostText
{
    /// <summary>How the numbers are meant.</summary>
    public const string Convention =
        "FLOP as of direct convolution and textbook formulas, bytes as if each tensor passed through memory once; the floor is the longer of the two at this machine's peaks";

    /// <summary>One line per node, and the sum.</summary>
    public static IEnumerable<string> Lines(Graph graph, MachinePeaks peaks)
    {
        yield return $"{"node",-60} {"MFLOP",11} {"MB",9} {"floor us",9}";
        foreach (Node node in graph.Nodes)
        {
            yield return Line(node.Name, node.Cost, FloorMicroseconds(node.Cost, peaks));
        }

        yield return Line("total", Total(graph), graph.Nodes.Sum(node => FloorMicroseconds(node.Cost, peaks)));
    }

    /// <summary>The same for machines.</summary>
    public static JsonObject Document(Graph graph, MachinePeaks peaks) => new()
    {
        ["flop"] = Total(graph).Flop,
        ["bytes"] = Total(graph).Bytes,
        ["floor_us"] = graph.Nodes.Sum(node => FloorMicroseconds(node.Cost, peaks)),
        ["peaks"] = Document(peaks),
        ["nodes"] = new JsonArray([.. graph.Nodes.Select(node => new JsonObject
        {
            ["node"] = node.Name,
            ["op"] = node.Op.Name,
            ["flop"] = node.Cost.Flop,
            ["bytes"] = node.Cost.Bytes,
            ["floor_us"] = FloorMicroseconds(node.Cost, peaks),
        })]),
    };

    /// <summary>The machine's peaks for machines.</summary>
    public static JsonObject Document(MachinePeaks peaks) => new()
    {
        ["gflops"] = peaks.FlopPerSecond / 1e9,
        ["bandwidths"] = new JsonArray([.. peaks.Bandwidths.Select(level => new JsonObject
        {
            ["working_set"] = level.WorkingSet, ["gb_per_second"] = level.BytesPerSecond / 1e9,
        })]),
    };

    private static OpCost Total(Graph graph) => graph.Nodes.Aggregate(default(OpCost), (sum, node) => sum + node.Cost);

    private static double FloorMicroseconds(OpCost cost, MachinePeaks peaks) => peaks.FloorSeconds(cost.Flop, cost.Bytes) * 1e6;

    private static string Line(string name, OpCost cost, double floor) =>
        FormattableString.Invariant($"{name,-60} {cost.Flop / 1e6,11:0.000} {cost.Bytes / 1e6,9:0.000} {floor,9:0.0}");
}
