using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>Batch normalisation per channel (Ioffe and Szegedy 2015) with parameters <c>weight</c>, <c>bias</c> and buffers
/// <c>running_mean</c>, <c>running_var</c>, all [channels].</summary>
/// <param name="channels">Channels of the input.</param>
/// <param name="epsilon">Added to the variance, inside the root.</param>
/// <param name="momentum">Weight of the new batch in the running statistics.</param>
public sealed class BatchNorm2d(int channels, float epsilon = 1e-5f, float momentum = 0.1f) : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        TensorType type = TensorType.Vector(channels);
        Value gamma = graph.Parameter("weight", type, new Constant(1));
        Value beta = graph.Parameter("bias", type, new Constant(0));
        Value mean = graph.Buffer("running_mean", type, new Constant(0));
        Value variance = graph.Buffer("running_var", type, new Constant(1));
        return graph.AddAll(new BatchNormalization(epsilon, momentum), [x, gamma, beta, mean, variance], [null, null, null, mean, variance])[0];
    }
}
