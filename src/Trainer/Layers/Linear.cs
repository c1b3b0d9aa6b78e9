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
public sealed class Linear(int inFeatures, int outFeatures, bool bias = true, Initializer? initializer = null) : Layer
{
    /// <inheritdoc/>
    public override Value Build(GraphBuilder graph, Value x)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Gemm gemm = new(Transpose.No, Transpose.Yes);
        TensorType type = TensorType.Matrix(outFeatures, inFeatures);
        Value weight = graph.Parameter("weight", type, initializer ?? Initializers.PyTorchDefault);
        return bias
            ? graph.Add(gemm, x, weight, graph.Parameter("bias", TensorType.Vector(outFeatures), Initializers.PyTorchBias(type.Shape)))
            : graph.Add(gemm, x, weight);
    }
}
