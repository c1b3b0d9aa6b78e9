using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class LossCases
{
    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<SoftmaxCrossEntropy>(
            [
                CrossEntropy(7, 10, new(0), isWeighted: false),
                CrossEntropy(129, 10, new(0.1f), isWeighted: true),
                CrossEntropy(1, 1, new(0), isWeighted: false),
                CrossEntropy(3, 1000, new(0.1f), isWeighted: false),
                CrossEntropy(4, 5, new(0), isWeighted: true, Domain.AwayFromZero(1e4)) with { Note = "would overflow unshifted" },
                CrossEntropy(9, 3, new(0), isWeighted: false, Domain.Ties()) with { Note = "ties" },
                CrossEntropy(5, 66, new(0), isWeighted: false, Domain.Given([.. Enumerable.Range(0, 66).Select(i => i / 8.0)]), Domain.Given(65)) with { Note = "the last one is the largest" },
                CrossEntropy(300, 3, new(0.1f), isWeighted: true, Domain.Normal().With(7, double.NaN)) with { Note = "one not a number" },
                CrossEntropy(3, 4, new(0.1f), isWeighted: true, labels: Domain.Given(-1)) with { Note = "no labels" },
            ],
            random => CrossEntropy(random.Next(1, 9), random.Next(1, 9), new(random.Between(0, 0.5)), random.Next(2) == 0)),
        OpFamily.Of<ChannelSum>(
            [
                Sum(TensorType.Image(2, 16, 8, 8)),
                Sum(TensorType.Image(5, 3, 65, 67)),
                Sum(TensorType.Matrix(33, 17)),
                Sum(TensorType.Matrix(1, 1000)),
                Sum(TensorType.Image(3, 70, 11, 10)),
                Sum(TensorType.Matrix(3, 1)),
                Sum(TensorType.Matrix(3, 2)),
                Sum(TensorType.Matrix(3, 8)),
                Sum(TensorType.Image(2, 1, 190, 180)),
            ],
            random => Sum(random.Next(2) == 0 ? random.Image() : random.Matrix())),
        OpFamily.Of<Flatten>(
            [
                new(new Flatten(), new OpInput("x", TensorType.Image(2, 16, 4, 4), Domain.Normal())),
                new(new Flatten(), new OpInput("x", TensorType.Image(3, 37, 5, 7), Domain.Normal())),
                new(new Flatten(), new OpInput("x", TensorType.Image(1, 1, 1, 1), Domain.Normal())),
                new(new Flatten(), new OpInput("x", TensorType.Image(2, 70, 5, 7), Domain.Normal())),
            ],
            random => new(new Flatten(), new OpInput("x", random.Image(), Domain.Normal()))),
        OpFamily.Of<FlattenGrad>(
            [
                new(new FlattenGrad(16, 4, 4), new OpInput("gradY", TensorType.Matrix(2, 256), Domain.Normal())),
                new(new FlattenGrad(70, 5, 7), new OpInput("gradY", TensorType.Matrix(2, 70 * 35), Domain.Normal())),
                new(new FlattenGrad(37, 5, 7), new OpInput("gradY", TensorType.Matrix(3, 37 * 35), Domain.Normal())),
            ],
            random =>
            {
                Shape x = random.Image().Shape;
                return new(new FlattenGrad(x[1], x[2], x[3]), new OpInput("gradY", TensorType.Matrix(x[0], x.Count / x[0]), Domain.Normal()));
            }),
    ];

    private static OpCase CrossEntropy(
        int rows,
        int classes,
        SoftmaxCrossEntropy op,
        bool isWeighted,
        Func<Random, TensorType, double[]>? logits = null,
        Func<Random, TensorType, double[]>? labels = null)
    {
        OpInput[] inputs =
        [
            new("logits", TensorType.Matrix(rows, classes), logits ?? Domain.Normal(0, 2)),
            new("labels", TensorType.Vector(rows) with { Element = ElementType.Int32 }, labels ?? Domain.Integers(-1, classes)),
            new("weights", TensorType.Vector(classes), Domain.Uniform(0.5, 2)),
        ];
        return new(op, inputs[..(isWeighted ? 3 : 2)]);
    }

    private static OpCase Sum(TensorType x) => new(new ChannelSum(), new OpInput("x", x, Domain.Normal()))
    {
        Reason = "sums of either sign: the error follows the terms, not the sum",
    };
}
