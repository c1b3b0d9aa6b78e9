using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Every op as the naive formula of its documentation, in double: the opinion backends are compared with.</summary>
public static class ReferenceOps
{
    /// <summary>The outputs of <paramref name="op"/>.</summary>
    public static IReadOnlyList<DoubleTensor> Evaluate(Op op, IReadOnlyList<TensorType> types, IReadOnlyList<DoubleTensor> x) =>
        (op as IHasReference)?.Evaluate(x) ?? Activation(op, x) ?? Product(op, x) ?? Window(op, x) ?? Normalization(op, x) ?? Update(op, x)
        ?? Fused(op, types, x)
        ?? throw new ArgumentException($"{op.Name} of {string.Join(", ", types)} has no reference", nameof(op));

    private static IReadOnlyList<DoubleTensor>? Activation(Op op, IReadOnlyList<DoubleTensor> x) => op switch
    {
        Add => [x[0].Zip(x[1], (a, b) => a + b)],
        Mul => [x[0].Zip(x[1], (a, b) => a * b)],
        Relu => [x[0].Map(a => a < 0 ? 0 : a)],
        ReluGrad => [x[0].Zip(x[1], (y, g) => y > 0 ? g : 0)],
        LeakyRelu o => [x[0].Map(a => a < 0 ? o.Alpha * a : a)],
        LeakyReluGrad o => [x[0].Zip(x[1], (a, g) => a > 0 ? g : o.Alpha * g)],
        Sigmoid => [x[0].Map(a => 1 / (1 + Math.Exp(-a)))],
        SigmoidGrad => [x[0].Zip(x[1], (y, g) => g * y * (1 - y))],
        Tanh => [x[0].Map(Math.Tanh)],
        TanhGrad => [x[0].Zip(x[1], (y, g) => g * (1 - (y * y)))],
        Softmax => [ActivationReference.Softmax(x[0])],
        SoftmaxGrad => [ActivationReference.SoftmaxGrad(x[0], x[1])],
        Dropout o => [ActivationReference.Dropout(o, x[0], x[1])],
        _ => null,
    };

    private static IReadOnlyList<DoubleTensor>? Product(Op op, IReadOnlyList<DoubleTensor> x) => op switch
    {
        Conv o => [ProductReference.Conv(o, x[0], x[1], x.ElementAtOrDefault(2))],
        ConvGradInput o => [ProductReference.ConvGradInput(o, x[0], x[1])],
        ConvGradWeight o => [ProductReference.ConvGradWeight(o, x[0], x[1])],
        Gemm o => [ProductReference.Gemm(o, x[0], x[1], x.ElementAtOrDefault(2))],
        _ => null,
    };

    private static IReadOnlyList<DoubleTensor>? Window(Op op, IReadOnlyList<DoubleTensor> x) => op switch
    {
        MaxPool o => PoolingReference.Max(o, x[0]),
        MaxPoolGrad o => PoolingReference.MaxGrad(o, x[0], x[1]),
        AveragePool o => PoolingReference.Average(x[0], o.Window, o.Stride, o.Pad, o.Counting),
        AveragePoolGrad o => PoolingReference.AverageGrad(o, x[0]),
        GlobalAveragePool => PoolingReference.Average(x[0], new Size2(x[0].Shape[2], x[0].Shape[3]), 1, 0, PadCounting.Included),
        Subsample o => [DoubleTensor.Image(
            new Shape(x[0].Shape[0], x[0].Shape[1], (x[0].Shape[2] + o.Stride.H - 1) / o.Stride.H, (x[0].Shape[3] + o.Stride.W - 1) / o.Stride.W),
            (n, c, h, w) => x[0][n, c, h * o.Stride.H, w * o.Stride.W])],
        Pad o => [ActivationReference.Pad(o, x[0])],
        PadGrad o => [ActivationReference.PadGrad(o, x[0])],
        Flatten => [new DoubleTensor(new Shape(x[0].Shape[0], x[0].Shape.Count / x[0].Shape[0]), x[0].Values)],
        FlattenGrad o => [new DoubleTensor(new Shape(x[0].Shape[0], o.C, o.H, o.W), x[0].Values)],
        _ => null,
    };

    private static IReadOnlyList<DoubleTensor>? Normalization(Op op, IReadOnlyList<DoubleTensor> x) => op switch
    {
        BatchNormalization o => NormalizationReference.Train(o, x),
        BatchNormalizationGrad => NormalizationReference.TrainGrad(x),
        FrozenBatchNormalization o => NormalizationReference.Frozen(o, x),
        FrozenBatchNormalizationGrad o => NormalizationReference.FrozenGrad(o, x),
        BatchStatistics o => NormalizationReference.Statistics(o, x),
        FrozenStatistics o => [NormalizationReference.FrozenStatistics(o, x)],
        BatchStatisticsGrad => NormalizationReference.StatisticsGrad(x),
        Normalize => [NormalizationReference.Affine(x[0], null, x[1])],
        NormalizeGrad => [NormalizationReference.Affine(x[1], x[0], x[2])],
        ChannelSum => [NormalizationReference.Sum(x[0])],
        SpectralNormalization o => SpectralReference.Forward(o, x),
        SpectralNormalizationGrad => SpectralReference.Backward(x),
        _ => null,
    };

    // A fused op is what it stands for, op by op.
    private static IReadOnlyList<DoubleTensor>? Fused(Op op, IReadOnlyList<TensorType> types, IReadOnlyList<DoubleTensor> x)
    {
        if (op is not FusedOp fused)
        {
            return null;
        }

        Graph graph = fused.Expanded(types);
        IReadOnlyDictionary<Value, DoubleTensor> values = DoubleInterpreter.Run(graph, x.Index().ToDictionary(pair => $"input{pair.Index}", pair => pair.Item));
        return [.. graph.Outputs.Select(v => values[v])];
    }

    private static IReadOnlyList<DoubleTensor>? Update(Op op, IReadOnlyList<DoubleTensor> x) => op switch
    {
        SoftmaxCrossEntropy o => LossReference.CrossEntropy(o, x),
        ParameterUpdate o => UpdateReference.Apply(o, x, UpdateReference.Of(o, lr: x[2][0], t: x[0][0])),
        EmaUpdate o => UpdateReference.Average(o, x),
        AdaptiveClip o => [UpdateReference.ClipUnits(o, x[0], x[1])],
        GradientNorm => UpdateReference.Norms(x),
        SignalMeasure o => [SignalReference.Measure(o.Images == 0 ? x[0] : x[0].Last(o.Images))],
        StepCount => [LossReference.Scalar(x[0][0] + (double.IsFinite(x[1][0]) ? 1 : 0))],
        _ => null,
    };
}
