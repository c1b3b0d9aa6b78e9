using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class SignalCases
{
    private static readonly TensorType Odd = TensorType.Image(3, 5, 7, 3);

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<SignalMeasure>(
            [
                Measure(TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Measure(Odd, Domain.Ties()) with { Note = "zeros" },
                Measure(TensorType.Matrix(33, 17), Domain.Normal()),
                Measure(TensorType.Matrix(70, 2), Domain.Normal()),
                Measure(TensorType.Matrix(130, 300), Rectified) with { Note = "several chunks, dead units" },
                Measure(TensorType.Image(5, 3, 65, 67), Rectified) with { Note = "several chunks, a dead channel" },
                Measure(TensorType.Image(9, 513, 3, 3), Domain.Normal()) with { Note = "several chunks of a wide pattern" },
                Measure(TensorType.Image(2, 1, 190, 180), Domain.Normal()) with { Note = "as many chunks as there are, and longer ones" },
                Measure(TensorType.Image(2, 8, 4, 4), Domain.Given(0)) with { Note = "nothing but zeros" },
                Measure(TensorType.Image(2, 8, 6, 5), Domain.Normal(0, 1e-30)) with { Note = "squares underflow float32" },
                Measure(TensorType.Image(2, 8, 6, 5), Domain.Normal(0, 1e25)) with { Note = "squares overflow float32" },
                Measure(Odd, Domain.Normal().With(7, double.PositiveInfinity).With(11, double.NegativeInfinity)) with { Note = "infinite" },
                Measure(TensorType.Image(5, 3, 9, 7), Rectified, images: 2) with { Note = "two images of five" },
                Measure(TensorType.Matrix(130, 300), Rectified, images: 40) with { Note = "forty rows of 130, several chunks" },
                Measure(Odd, Domain.Normal(), images: 64) with { Note = "more images than there are" },
                Measure(Odd, Domain.Normal().With(200, double.NaN), images: 1) with { Note = "not a number in an image nobody looks at" },
                Measure(Odd, Domain.Normal().With(7, double.NaN).With(314, double.PositiveInfinity)) with { Note = "not a number" },
            ],
            random => Measure(random.Next(2) == 0 ? random.Image() : random.Matrix(), Domain.Ties(), random.Next(4))),
    ];

    private static OpCase Measure(TensorType type, Func<Random, TensorType, double[]> domain, int images = 0) => new(new SignalMeasure(images), new OpInput("x", type, domain));

    // Behind a ReLU: half of it 0, and the first unit everywhere.
    private static double[] Rectified(Random random, TensorType type)
    {
        int perUnit = type.Shape.Count / type.Shape[0] / type.Shape[1];
        return [.. Domain.Normal()(random, type).Select((x, i) => i / perUnit % type.Shape[1] == 0 ? 0 : Math.Max(x, 0))];
    }
}
