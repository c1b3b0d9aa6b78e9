using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class ElementwiseCases
{
    private static readonly IReadOnlyList<TensorType> Types =
    [
        TensorType.Image(2, 16, 4, 4),
        TensorType.Image(1, 3, 5, 7),
        TensorType.Matrix(3, 37),
        TensorType.Vector(1),
        TensorType.Image(2, 5, 61, 59),
    ];

    public static IEnumerable<OpFamily> All =>
    [
        Family(new Add(), Domain.Normal(), Domain.Normal()),
        Family(new Relu(), Domain.AwayFromZero()),
        Family(new ReluGrad(), Domain.AwayFromZero(), Domain.Normal()),
    ];

    private static OpFamily Family(Op op, params Func<Random, TensorType, double[]>[] domains)
    {
        OpCase Case(TensorType type) => new(op, [.. domains.Select((domain, i) => new OpInput("abc"[i].ToString(), type, domain))]);
        OpCase large = new(op, [.. domains.Select((_, i) => new OpInput("abc"[i].ToString(), TensorType.Vector(50), Domain.AwayFromZero(1e6)))]) { Note = "large" };
        return new(op.GetType(), [.. Types.Select(Case), large], random => Case(random.Any()));
    }
}
