using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class SpectralCases
{
    private const float Epsilon = 1e-12f;

    // Positive operands: no sum of a product cancels, and sigma keeps away from 0.
    private static readonly Func<Random, TensorType, double[]> s_positive = Domain.Uniform(0.1, 1);

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<SpectralNormalization>(
            [
                Forward(TensorType.Matrix(7, 5), 1),
                Forward(TensorType.Matrix(1, 1), 1),
                Forward(TensorType.Filter(16, 8, 3, 3), 1),
                Forward(TensorType.Filter(5, 3, 2, 3), 3),
                Forward(TensorType.Matrix(9, 4), 2) with { Replaces = [], Note = "vectors kept" },
                Forward(TensorType.Filter(3, 2, 1, 5), 0),
                Forward(TensorType.Matrix(300, 520), 1) with { Note = "several chunks and blocks" },
                Forward(TensorType.Filter(70, 30, 3, 3), 2) with { Note = "several chunks and blocks" },
                Forward(TensorType.Matrix(4, 6), 1, Domain.Given(0)) with { Note = "no signal: vectors of 0 and no quotient" },
            ],
            random => Forward(random.Weight(), 0)),
        OpFamily.Of<SpectralNormalizationGrad>(
            [
                Backward(TensorType.Matrix(7, 5)),
                Backward(TensorType.Filter(16, 8, 3, 3)),
                Backward(TensorType.Matrix(1, 1)),
                Backward(TensorType.Matrix(300, 520)) with { Note = "several chunks and blocks" },
                Backward(TensorType.Filter(70, 30, 3, 3)) with { Note = "several chunks and blocks" },
            ],
            random => Backward(random.Weight())),
    ];

    private static TensorType Weight(this Random random) =>
        random.Next(2) == 0 ? random.Matrix() : TensorType.Filter(random.Next(1, 6), random.Next(1, 4), random.Next(1, 4), random.Next(1, 4));

    private static OpCase Forward(TensorType w, int iterations, Func<Random, TensorType, double[]>? domain = null) => new(
        new SpectralNormalization(iterations, Epsilon),
        new OpInput("w", w, domain ?? s_positive),
        new OpInput("u", TensorType.Vector(w.Shape[0]), s_positive, HasGradient: false),
        new OpInput("v", w.With(w.Shape.With(0, 1)), s_positive, HasGradient: false))
    {
        Replaces = [-1, 1, 2, -1],
    };

    private static OpCase Backward(TensorType w) => new(
        new SpectralNormalizationGrad(),
        new OpInput("y", w, Domain.Normal()),
        new OpInput("u", TensorType.Vector(w.Shape[0]), Domain.Normal()),
        new OpInput("v", w.With(w.Shape.With(0, 1)), Domain.Normal()),
        new OpInput("sigma", TensorType.Vector(1), Domain.Uniform(0.5, 2)),
        new OpInput("gradY", w, Domain.Normal()))
    {
        Reason = "the product of gradY and y is a sum of up to 156,000 terms of either sign: the error follows the terms, not the sum",
    };
}
