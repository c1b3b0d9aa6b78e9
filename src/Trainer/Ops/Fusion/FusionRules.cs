using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Ops;

/// <summary>Rewrites a graph for a device: ops that it computes in one pass over memory become one node.</summary>
public static class FusionRules
{
    /// <summary>The graph a device should plan in the place of <paramref name="graph"/>. Inputs, states and outputs stay, by name and order.</summary>
    public static Graph Apply(Graph graph, Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device is CpuDevice ? ForCpu(graph) : ForCuda(graph);
    }

    /// <summary>The graph a card should plan, which needs no card to be known.</summary>
    /// <remarks>
    /// As on the CPU, but that convolutions read operands as they are stored. An implicit product reads an element once for every tap of the filter;
    /// whether computing it anew each time costs less than the pass that stores it has not been measured on a card.
    /// </remarks>
    public static Graph ForCuda(Graph graph) => Fuse(graph, readsAnew: false);

    private static Graph ForCpu(Graph graph) => Fuse(graph, readsAnew: true);

    // Batch norm is split into sums and elementwise work; elementwise work and sums move into the convolutions next to them.
    private static Graph Fuse(Graph graph, bool readsAnew)
    {
        graph = new NormalizationSplit(graph).Run();
        graph = new PoolingGradientOrder(graph).Run();
        graph = new ActivationFusion(graph).Run();
        return new ConvFusion(graph, readsAnew).Run();
    }
}
