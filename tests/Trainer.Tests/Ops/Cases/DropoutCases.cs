using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class DropoutCases
{
    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<Dropout>(
            [
                Case(TensorType.Image(2, 16, 4, 4), new(0.5f, 1)),
                Case(TensorType.Image(3, 21, 5, 7), new(0.2f, 2)),
                Case(TensorType.Image(2, 5, 61, 59), new(0.9f, 3)),
                Case(TensorType.Matrix(3, 37), new(0, 4)),
                Case(TensorType.Matrix(129, 131), new(0.5f, int.MaxValue)),
                Case(TensorType.Vector(1), new(0.5f, 0)),
            ],
            random => Case(random.Any(), new(random.Between(0, 0.9), random.Next(100)))),
    ];

    private static OpCase Case(TensorType x, Dropout op) => new(
        op,
        new OpInput("x", x, Domain.Normal()),
        new OpInput(
            "random", TensorType.Vector(3) with { Element = ElementType.Int32 }, Domain.Integers(int.MinValue, int.MaxValue), HasGradient: false));
}
