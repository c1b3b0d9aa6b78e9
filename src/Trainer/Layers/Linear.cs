using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Layers;

/// <summary>y = x·weightᵀ + bias with parameters <c>weight</c> [out, in] and <c>bias</c> [out]; arguments as in PyTorch.</summary>
/// <param name="inFeatures">Columns of the input.</param>
/// <param name="outFeatures">Columns of the output.</param>
/// <param name="bias">Whether a bias is added.</param>
/// <param name="initializer">How the weight starts; omitted: PyTorch's default.</param>
public sealed class Linear(int inFeatures, int outFeatures, bool bias = true, Initializer? initializer = null) : WeightedLayer
{
    /// <inheritdoc/>
    private protected override TensorType WeightType => TensorType.Matrix(outFeatures, inFeatures);

    /// <inheritdoc/>
    private protected override Initializer WeightInitializer => initializer ?? Initializers.PyTorchDefault;

    /// <inheritdoc/>
    internal override Value Apply(GraphBuilder graph, Value x, Value weight)
    {
        Gemm gemm = new(Transpose.No, Transpose.Yes);
        return bias
            ? graph.Add(gemm, x, weight, graph.Parameter("bias", TensorType.Vector(outFeatures), Initializers.PyTorchBias(weight.Shape)))
            : graph.Add(gemm, x, weight);
    }
}
