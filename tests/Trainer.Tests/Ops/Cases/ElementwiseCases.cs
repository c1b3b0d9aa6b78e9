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
        TensorType.Filter(3, 5, 3, 3),
        TensorType.Vector(1),
        TensorType.Image(2, 5, 61, 59),
    ];

    public static IEnumerable<OpFamily> All =>
    [
        Family(new Add(), Domain.Normal(), Domain.Normal()),
        Family(new Mul(), Domain.Normal(), Domain.Normal()),
        Family(new Relu(), Domain.AwayFromZero()),
        Family(new ReluGrad(), Domain.AwayFromZero(), Domain.Normal()),
        Family(new LeakyRelu(0.01f), Domain.AwayFromZero()),
        Family(new LeakyReluGrad(0.2f), Domain.AwayFromZero(), Domain.Normal()),
        Family(new Sigmoid(), Domain.Normal(0, 3)),
        Family(new SigmoidGrad(), Domain.Uniform(0, 1), Domain.Normal()),
        Family(new Tanh(), Domain.Normal()),
        Family(new TanhGrad(), Domain.Uniform(-1, 1), Domain.Normal()),
    ];

    private static OpFamily Family(Op op, params Func<Random, TensorType, double[]>[] domains)
    {
        OpCase Case(TensorType type) => new(op, [.. domains.Select((domain, i) => new OpInput("abc"[i].ToString(), type, domain))]);
        OpCase Every(int count, Func<Random, TensorType, double[]> domain, string note) =>
            new(op, [.. domains.Select((_, i) => new OpInput("abc"[i].ToString(), TensorType.Vector(count), domain))]) { Note = note };
        return new(
            op.GetType(),
            [
                .. Types.Select(Case),
                Every(50, Domain.AwayFromZero(1e6), "large"),
                Every(50, Domain.Normal(0, 1e-6), "small"),
                new(op, [.. domains.Select((domain, i) => new OpInput("abc"[i].ToString(), TensorType.Vector(50), i == 0 ? Domain.Given(0, -0.0, 1, -1, double.NaN) : domain))]) { Note = "kinks" },
                Every(36, Domain.Given(0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0, 1), "special"),
            ],
            random => Case(random.Any()));
    }
}
