using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>What a fused convolution does to its result before it stores it.</summary>
public enum ConvResult
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary><see cref="Ops.Relu"/>.</summary>
    Relu,

    /// <summary>Relu and <see cref="MaxPool"/> of 2×2 windows.</summary>
    ReluMaxPool,

    /// <summary><see cref="MaxPool"/> of 2×2 windows.</summary>
    MaxPool,

    /// <summary><see cref="BatchStatistics"/> of the result, which is stored as it is.</summary>
    Statistics,
}

/// <summary>A convolution with what lies in front of it and behind it.</summary>
/// <remarks>
/// Inputs: those of the operand <paramref name="X"/>, w, the bias where there is one, and for statistics gamma, beta, running mean and variance.
/// Outputs: y; for pooling y and positions; for statistics y and the outputs of <see cref="BatchStatistics"/>.
/// </remarks>
/// <param name="Forward">The convolution.</param>
/// <param name="X">How the input is read.</param>
/// <param name="HasBias">Whether there is a bias.</param>
/// <param name="Y">What becomes of the result.</param>
/// <param name="Epsilon">Of the statistics; above 0.</param>
/// <param name="Momentum">Of the statistics, 0 to 1.</param>
public sealed record FusedConv(Conv Forward, ConvOperand X, bool HasBias, ConvResult Y, float Epsilon = 1e-5f, float Momentum = 0) : FusedOp
{
    private static readonly MaxPool s_pool = new(Pooling2.Size, Pooling2.Size, 0);

    private int Filter => X.Inputs();

    private int FirstStatistic => Filter + (HasBias ? 2 : 1);

    /// <inheritdoc/>
    public override IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(inputs);
        Value x = X.Expand(graph, inputs, 0, default);
        Value y = HasBias ? graph.Add(Forward, x, inputs[Filter], inputs[Filter + 1]) : graph.Add(Forward, x, inputs[Filter]);
        return Y switch
        {
            ConvResult.Plain => [y],
            ConvResult.Relu => [graph.Add(new Relu(), y)],
            ConvResult.ReluMaxPool => graph.AddAll(s_pool, [graph.Add(new Relu(), y)]),
            ConvResult.MaxPool => graph.AddAll(s_pool, [y]),
            _ => [y, .. graph.AddAll(new BatchStatistics(Epsilon, Momentum), [y, .. inputs.Skip(FirstStatistic)])],
        };
    }

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        ConvGeometry g = Forward.Geometry(call.InputShape(0), call.InputShape(Filter));
        PixelSource x = X.Source(call, 0, g.C, default);
        bool isPooled = Y is ConvResult.ReluMaxPool or ConvResult.MaxPool;
        bool isPooledApart = isPooled && !Convolution.KeepsWindows(call.Steps, g);
        float* y = isPooledApart ? call.Steps.Scratch((long)g.N * g.P * g.Q * g.M) : call.Output(0);
        PixelTarget target = new()
        {
            Y = y,
            Channels = g.M,
            Height = g.P,
            Width = g.Q,
            Bias = HasBias ? call.Input(Filter + 1) : null,
            Rectifies = Y is ConvResult.Relu or ConvResult.ReluMaxPool,
            Sums = Y == ConvResult.Statistics ? TargetSums.Moments : TargetSums.None,
            Positions = isPooled && !isPooledApart ? (int*)call.Output(1) : null,
        };
        ChunkSums sums = Convolution.Forward(call.Steps, g, x, call.Input(Filter), target);
        if (Y == ConvResult.Statistics)
        {
            new BatchStatistics(Epsilon, Momentum).EmitChannels(call, sums, call.OutputShape(0), FirstStatistic, firstOutput: 1);
        }
        else if (isPooledApart)
        {
            s_pool.Emit(call.Steps, new Shape(g.N, g.M, g.P, g.Q), call.OutputShape(0), y, call.Output(0), (int*)call.Output(1));
        }
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (X != ConvOperand.Plain || Y == ConvResult.Plain)
        {
            base.EmitCuda(call);
            return;
        }

        CudaConvGeometry g = Forward.CudaGeometry(call.InputShape(0), call.InputShape(Filter));
        if (!CudaConvolution.IsFusable(g))
        {
            base.EmitCuda(call);
            return;
        }

        (ulong x, ulong w, ulong bias) = (call.Input(0), call.Input(Filter), HasBias ? call.Input(Filter + 1) : 0);
        switch (Y)
        {
            case ConvResult.Statistics:
                CudaTileSums partial = CudaConvolution.ForwardWithMoments(call.Launches, g, x, w, bias, call.Output(0));
                BatchNormalization.EmitStatistics(
                    call, Epsilon, Momentum, partial, NormalizationRule.CudaChannels(call.OutputShape(0)), origin: 0, FirstStatistic, firstOutput: 1, call.Output(5));
                break;
            case ConvResult.ReluMaxPool or ConvResult.MaxPool:
                CudaConvolution.ForwardPooled(call.Launches, g, x, w, bias, call.Output(0), call.Output(1), rectifies: Y == ConvResult.ReluMaxPool);
                break;
            default:
                CudaConvolution.ForwardRectified(call.Launches, g, x, w, bias, call.Output(0));
                break;
        }
    }
}
