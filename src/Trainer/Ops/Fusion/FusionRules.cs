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
        return device is CpuDevice ? ForCpu(graph) : new ActivationFusion(graph).Run();
    }

    /// <summary>Batch norm is split into sums and elementwise work; elementwise work and sums move into the convolutions next to them.</summary>
    private static Graph ForCpu(Graph graph)
    {
        graph = new NormalizationSplit(graph).Run();
        graph = new PoolingGradientOrder(graph).Run();
        graph = new ActivationFusion(graph).Run();
        return new ConvFusion(graph).Run();
    }
}
