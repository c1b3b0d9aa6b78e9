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

    /// <summary>The graph a card should plan, which needs no card to be known: the sum at the end of a residual block and the ReLU behind it are one node.</summary>
    public static Graph ForCuda(Graph graph) => new ActivationFusion(graph).Run();

    /// <summary>Batch norm is split into sums and elementwise work; elementwise work and sums move into the convolutions next to them.</summary>
    private static Graph ForCpu(Graph graph)
    {
        graph = new NormalizationSplit(graph).Run();
        graph = new PoolingGradientOrder(graph).Run();
        graph = new ActivationFusion(graph).Run();
        return new ConvFusion(graph).Run();
    }
}
