using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Every op as the naive formula of its documentation, in double: the opinion backends are compared with.</summary>
public static class ReferenceOps
{
    /// <summary>The outputs of <paramref name="op"/>.</summary>
    public static IReadOnlyList<DoubleTensor> Evaluate(Op op, IReadOnlyList<TensorType> types, IReadOnlyList<DoubleTensor> x) => op switch
    {
        Add => [x[0].Zip(x[1], (a, b) => a + b)],
        Relu => [x[0].Map(a => a < 0 ? 0 : a)],
        ReluGrad => [x[0].Zip(x[1], (y, g) => y > 0 ? g : 0)],
        BatchNormalization o => NormalizationReference.Train(o, x),
        BatchNormalizationGrad => NormalizationReference.TrainGrad(x),
        FrozenBatchNormalization o => NormalizationReference.Frozen(o, x),
        FrozenBatchNormalizationGrad o => NormalizationReference.FrozenGrad(o, x),
        _ => throw new ArgumentException($"{op.Name} of {string.Join(", ", types)} has no reference", nameof(op)),
    };
}
