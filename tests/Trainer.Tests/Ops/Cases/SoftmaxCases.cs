using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class SoftmaxCases
{
    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<Softmax>(
            [
                Forward(TensorType.Matrix(7, 10), Domain.Normal(0, 3)),
                Forward(TensorType.Matrix(1, 1), Domain.Normal()),
                Forward(TensorType.Matrix(2, 5), Domain.AwayFromZero(1e4)) with { Note = "would overflow unshifted" },
                Forward(TensorType.Matrix(100, 1000), Domain.Normal()),
            ],
            random => Forward(random.Matrix(), Domain.Normal())),
        OpFamily.Of<SoftmaxGrad>(
            [Backward(TensorType.Matrix(7, 10)), Backward(TensorType.Matrix(3, 1)), Backward(TensorType.Matrix(300, 100))],
            random => Backward(random.Matrix())),
    ];

    private static OpCase Forward(TensorType x, Func<Random, TensorType, double[]> domain) => new(new Softmax(), new OpInput("x", x, domain));

    private static OpCase Backward(TensorType y) =>
        new(new SoftmaxGrad(), new OpInput("y", y, Domain.Uniform(0, 1.0 / y.Shape[1])), new OpInput("gradY", y, Domain.Normal()));
}
