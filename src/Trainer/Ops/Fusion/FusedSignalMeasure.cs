using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary><see cref="SignalMeasure"/> of a value that only convolutions read, and that none of them stores. Inputs: those of the operand.</summary>
/// <param name="X">How the value is read.</param>
/// <param name="H">Rows of an image.</param>
/// <param name="W">Columns of an image.</param>
/// <param name="Measure">What is measured.</param>
public sealed record FusedSignalMeasure(ConvOperand X, int H, int W, SignalMeasure Measure) : FusedOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        return [graph.Add(Measure, X.Expand(graph, inputs, 0, new Size2(H, W)))];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Shape shape = call.InputShape(0);
        long elements = (long)Measure.Measured(shape)[0] * shape[1] * H * W;
        // What pooling took apart is zero but for what it put together: that is all there is to read.
        PixelSource source = X == ConvOperand.Unpool ? PixelSource.Plain(call.Input(1), shape[1]) : X.Source(call, 0, shape[1], default);
        Measure.Emit(call, source, shape, elements);
    }
}
