using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Where a fused gradient of a convolution's input passes a <see cref="Relu"/>.</summary>
public enum GradMask
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Where the ReLU's output, an input of the op, is above 0.</summary>
    Output,

    /// <summary>Where the ReLU's input, normalised anew, is above 0. Inputs: x, coefficients.</summary>
    Normalized,
}

/// <summary>The gradient of a convolution's input with what lies in front of it and behind it.</summary>
/// <remarks>
/// Inputs: w, those of the operand <paramref name="GradY"/>, another gradient that is added where <paramref name="HasSkip"/>, those of the mask, and for
/// statistics x, gamma, mean and inverse deviation of the batch norm whose output the gradient belongs to.
/// Outputs: the gradient; for statistics also the outputs of <see cref="BatchStatisticsGrad"/>.
/// </remarks>
/// <param name="Of">The gradient.</param>
/// <param name="GradY">How the gradient of the output is read.</param>
/// <param name="HasSkip">Whether a gradient from elsewhere is added.</param>
/// <param name="Mask">Where the gradient passes.</param>
/// <param name="HasStatistics">Whether the sums of a batch norm's gradient are taken.</param>
public sealed record FusedConvGradInput(ConvGradInput Of, ConvOperand GradY, bool HasSkip, GradMask Mask, bool HasStatistics) : FusedOp
{
    private const int FirstGradY = 1;

    private int Skip => FirstGradY + GradY.Inputs();

    private int FirstMask => Skip + (HasSkip ? 1 : 0);

    private int FirstStatistic => FirstMask + (int)Mask;

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        Value gradient = graph.Add(Of, inputs[0], GradY.Expand(graph, inputs, FirstGradY, OutputExtent(inputs[0].Shape)));
        gradient = HasSkip ? graph.Add(new Add(), inputs[Skip], gradient) : gradient;
        gradient = Mask switch
        {
            GradMask.None => gradient,
            GradMask.Output => graph.Add(new ReluGrad(), inputs[FirstMask], gradient),
            _ => graph.Add(new ReluGrad(), new NormalizeRelu().Expand(graph, [inputs[FirstMask], inputs[FirstMask + 1]])[0], gradient),
        };
        return HasStatistics ? [gradient, .. graph.AddAll(new BatchStatisticsGrad(), [.. inputs.Skip(FirstStatistic), gradient])] : [gradient];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        ConvGeometry g = Of.Forward.Geometry(call.OutputShape(0), call.InputShape(0));
        PixelSource gradY = GradY.Source(call, FirstGradY, g.M, new Size2(g.P, g.Q));
        PixelTarget target = new()
        {
            Y = call.Output(0),
            Channels = g.C,
            Height = g.H,
            Width = g.W,
            Skip = HasSkip ? call.Input(Skip) : null,
            Mask = Mask == GradMask.None ? null : call.Input(FirstMask),
            MaskCoefficients = Mask == GradMask.Normalized ? call.Input(FirstMask + 1) : null,
            Sums = HasStatistics ? TargetSums.NormalizationGradient : TargetSums.None,
            Input = HasStatistics ? call.Input(FirstStatistic) : null,
            Mean = HasStatistics ? call.Input(FirstStatistic + 2) : null,
        };
        ChunkSums sums = Convolution.GradInput(call.Steps, g, gradY, call.Input(0), target);
        if (HasStatistics)
        {
            BatchStatisticsGrad.EmitChannels(call, sums, call.OutputShape(0), FirstStatistic + 1, firstOutput: 1);
        }
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        CudaConvGeometry g = Of.Forward.CudaGeometry(call.OutputShape(0), call.InputShape(0));
        if (GradY != ConvOperand.Plain || !CudaConvolution.IsFusable(g))
        {
            base.EmitCuda(call);
            return;
        }

        CudaGradTarget target = new()
        {
            Skip = HasSkip ? call.Input(Skip) : 0,
            Mask = Mask == GradMask.None ? 0 : call.Input(FirstMask),
            MaskCoefficients = Mask == GradMask.Normalized ? call.Input(FirstMask + 1) : 0,
            Input = HasStatistics ? call.Input(FirstStatistic) : 0,
            Mean = HasStatistics ? call.Input(FirstStatistic + 2) : 0,
        };
        CudaTileSums sums = CudaConvolution.GradInputFused(call.Launches, g, call.Input(FirstGradY), call.Input(0), call.Output(0), target);
        if (HasStatistics)
        {
            BatchNormalizationGrad.EmitStatistics(
                call, sums.Partial, sums.Chunks, NormalizationRule.CudaChannels(call.OutputShape(0)), FirstStatistic + 1, firstOutput: 1, call.Output(3));
        }
    }

    private Size2 OutputExtent(Shape w)
    {
        ConvGeometry g = Of.Forward.Geometry(new Shape(1, w[1] * Of.Forward.Groups, Of.H, Of.W), w);
        return new Size2(g.P, g.Q);
    }
}

/// <summary>The gradient of a convolution's filter with what lies in front of it. Inputs: those of the operand x, those of the operand gradY.</summary>
/// <param name="Of">The gradient.</param>
/// <param name="X">How the convolution's input is read.</param>
/// <param name="GradY">How the gradient of its output is read.</param>
public sealed record FusedConvGradWeight(ConvGradWeight Of, ConvOperand X, ConvOperand GradY) : FusedOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        Value gradY = GradY.Expand(graph, inputs, X.Inputs(), OutputExtent(inputs[0].Shape));
        return [graph.Add(Of, X.Expand(graph, inputs, 0, default), gradY)];
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        ConvGeometry g = Of.Forward.Geometry(call.InputShape(0), call.OutputShape(0));
        Convolution.GradWeight(
            call.Steps, g, X.Source(call, 0, g.C, default), GradY.Source(call, X.Inputs(), g.M, new Size2(g.P, g.Q)), call.Output(0));
    }

    private Size2 OutputExtent(Shape x)
    {
        ConvGeometry g = Of.Forward.Geometry(x, new Shape(Of.Forward.Groups, x[1] / Of.Forward.Groups, Of.R, Of.S));
        return new Size2(g.P, g.Q);
    }
}
