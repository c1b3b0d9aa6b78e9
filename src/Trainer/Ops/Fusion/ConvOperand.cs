using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>What a fused convolution does to an operand while it reads it.</summary>
public enum ConvOperand
{
    /// <summary>Nothing. One input.</summary>
    Plain,

    /// <summary><see cref="Ops.NormalizeRelu"/>. Inputs: x, coefficients.</summary>
    NormalizeRelu,

    /// <summary><see cref="Ops.NormalizeGrad"/>. Inputs: gradY, x, coefficients.</summary>
    NormalizeGrad,

    /// <summary><see cref="MaxPoolGrad"/> of 2×2 windows. Inputs: positions, gradY.</summary>
    Unpool,
}

/// <summary>What the operands of fused convolutions have in common.</summary>
internal static class ConvOperands
{
    /// <summary>Number of inputs.</summary>
    public static int Inputs(this ConvOperand operand) => operand switch
    {
        ConvOperand.Plain => 1,
        ConvOperand.NormalizeRelu or ConvOperand.Unpool => 2,
        _ => 3,
    };

    /// <summary>Adds the op the operand stands for.</summary>
    /// <param name="operand">Which.</param>
    /// <param name="graph">Where to.</param>
    /// <param name="inputs">All inputs of the fused op.</param>
    /// <param name="first">The operand's first.</param>
    /// <param name="extent">Rows and columns of an image, where the inputs leave them open.</param>
    public static Value Expand(this ConvOperand operand, GraphBuilder graph, IReadOnlyList<Value> inputs, int first, Size2 extent) => operand switch
    {
        ConvOperand.Plain => inputs[first],
        ConvOperand.NormalizeRelu => new NormalizeRelu().Expand(graph, [inputs[first], inputs[first + 1]])[0],
        ConvOperand.NormalizeGrad => graph.Add(new NormalizeGrad(), inputs[first], inputs[first + 1], inputs[first + 2]),
        _ => graph.Add(new MaxPoolGrad(Pooling2.Size, Pooling2.Size, 0, extent), inputs[first], inputs[first + 1]),
    };

    /// <summary>The operand as a convolution on the CPU reads it.</summary>
    public static unsafe PixelSource Source(this ConvOperand operand, CpuCall call, int first, int channels, Size2 extent) => operand switch
    {
        ConvOperand.Plain => PixelSource.Plain(call.Input(first), channels),
        ConvOperand.NormalizeRelu => PixelSource.NormalizedRectified(call.Input(first), call.Input(first + 1), channels),
        ConvOperand.NormalizeGrad => PixelSource.NormalizationGradient(call.Input(first), call.Input(first + 1), call.Input(first + 2), channels),
        _ => PixelSource.Unpooled(call.Input(first + 1), (int*)call.Input(first), channels, extent.H, extent.W),
    };
}
