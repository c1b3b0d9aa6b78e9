using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class NormalizationCases
{
    private const float Epsilon = 1e-5f;

    private static readonly TensorType Odd = TensorType.Image(3, 5, 7, 3);

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<BatchNormalization>(
            [
                Train(TensorType.Image(2, 16, 8, 8), new(Epsilon, 0.1f)),
                Train(Odd, new(Epsilon, 0.1f)),
                Train(TensorType.Image(1, 3, 5, 5), new(1e-3f, 0.3f)),
                Train(TensorType.Image(2, 1, 1, 1), new(Epsilon, 1)),
                Train(TensorType.Matrix(33, 17), new(Epsilon, 0)),
                Train(TensorType.Image(5, 3, 65, 67), new(Epsilon, 0.1f)) with { Note = "several chunks, the last one odd" },
                Train(TensorType.Image(9, 513, 3, 3), new(Epsilon, 0.1f)) with { Note = "several chunks of a wide pattern" },
                Train(TensorType.Image(3, 36, 11, 10), new(Epsilon, 0.1f)) with { Note = "several chunks and tiles" },
                Train(TensorType.Image(2, 1, 190, 180), new(Epsilon, 0.1f)) with { Note = "as many chunks as there are, and longer ones" },
                Train(TensorType.Image(4, 6, 64, 64), new(Epsilon, 0.1f), Domain.Normal(3000)) with
                {
                    Note = "mean 3000 deviations from 0",
                },
            ],
            random => Train(random.Statistics(), new(random.Between(1e-5, 0.1), random.Between(0, 1)))),
        OpFamily.Of<BatchNormalizationGrad>(
            [
                TrainGrad(TensorType.Image(2, 16, 8, 8)),
                TrainGrad(Odd),
                TrainGrad(TensorType.Matrix(33, 17)),
                TrainGrad(TensorType.Image(5, 3, 65, 67)) with { Note = "several chunks, the last one odd" },
                TrainGrad(TensorType.Image(9, 513, 3, 3)) with { Note = "several chunks of a wide pattern" },
                TrainGrad(TensorType.Image(3, 36, 11, 10)) with { Note = "several chunks and tiles" },
                TrainGrad(TensorType.Image(2, 1, 190, 180)) with { Note = "as many chunks as there are, and longer ones" },
                TrainGrad(TensorType.Image(2, 8, 16, 16), 3000) with { Note = "mean 3000 deviations from 0" },
            ],
            random => TrainGrad(random.Statistics())),
        OpFamily.Of<BatchStatistics>(
            [
                Statistics(TensorType.Image(2, 16, 8, 8), new(Epsilon, 0.1f)),
                Statistics(TensorType.Matrix(33, 17), new(1e-3f, 0.3f)),
                Statistics(TensorType.Image(4, 6, 64, 64), new(Epsilon, 0.1f), Domain.Normal(3000)) with { Note = "mean 3000 deviations from 0" },
            ],
            random => Statistics(random.Statistics(), new(random.Between(1e-5, 0.1), random.Between(0, 1)))),
        OpFamily.Of<BatchStatisticsGrad>(
            [
                StatisticsGrad(Odd),
                StatisticsGrad(TensorType.Image(5, 3, 65, 67)) with { Note = "several chunks, the last one odd" },
            ],
            random => StatisticsGrad(random.Statistics())),
        OpFamily.Of<Normalize>([Mapped(Odd), Mapped(TensorType.Matrix(33, 17)), Mapped(TensorType.Image(5, 3, 65, 67))], random => Mapped(random.Statistics())),
        OpFamily.Of<NormalizeGrad>([MappedGrad(Odd), MappedGrad(TensorType.Image(5, 3, 65, 67))], random => MappedGrad(random.Statistics())),
        OpFamily.Of<FrozenBatchNormalization>(
            [
                Frozen(TensorType.Image(2, 16, 8, 8), new(Epsilon)),
                Frozen(TensorType.Image(1, 5, 1, 1), new(1e-3f)),
                Frozen(TensorType.Matrix(33, 17), new(Epsilon)),
                Frozen(TensorType.Matrix(2, 300), new(Epsilon)),
                Frozen(TensorType.Matrix(5, 300), new(Epsilon)),
                Frozen(TensorType.Image(5, 3, 65, 67), new(Epsilon)) with { Note = "several chunks, the last one odd" },
            ],
            random => Frozen(random.Statistics(), new(random.Between(1e-5, 0.1)))),
        OpFamily.Of<FrozenStatistics>(
            [FrozenHalf(TensorType.Vector(16), new(Epsilon)), FrozenHalf(TensorType.Vector(1), new(1e-3f)), FrozenHalf(TensorType.Vector(300), new(Epsilon))],
            random => FrozenHalf(TensorType.Vector(random.Next(1, 40)), new(random.Between(1e-5, 0.1)))),
        OpFamily.Of<FrozenBatchNormalizationGrad>(
            [
                FrozenGrad(TensorType.Image(2, 16, 8, 8), new(Epsilon)),
                FrozenGrad(TensorType.Matrix(33, 17), new(1e-3f)),
                FrozenGrad(TensorType.Image(3, 36, 11, 10), new(Epsilon)) with { Note = "several chunks and tiles" },
                FrozenGrad(TensorType.Matrix(5, 300), new(Epsilon)),
                FrozenGrad(TensorType.Image(5, 3, 65, 67), new(Epsilon)) with { Note = "several chunks, the last one odd" },
            ],
            random => FrozenGrad(random.Statistics(), new(random.Between(1e-5, 0.1)))),
    ];

    // Four values per channel and more: with two, y is ±1 whatever x is, and the gradient is all cancellation.
    private static TensorType Statistics(this Random random) => random.Next(4) == 0
        ? TensorType.Matrix(random.Next(4, 9), random.Next(1, 6))
        : TensorType.Image(random.Next(1, 3), random.Next(1, 5), random.Next(2, 5), random.Next(2, 4));

    private static OpCase Train(TensorType x, BatchNormalization op, Func<Random, TensorType, double[]>? domain = null)
    {
        TensorType channels = TensorType.Vector(x.Shape[1]);
        return new(
            op,
            new OpInput("x", x, domain ?? Domain.Normal(0.5, 2)),
            new OpInput("gamma", channels, Domain.Uniform(0.5, 1.5)),
            new OpInput("beta", channels, Domain.Normal()),
            new OpInput("running_mean", channels, Domain.Normal(), HasGradient: false),
            new OpInput("running_var", channels, Domain.Uniform(0.5, 2), HasGradient: false))
        {
            Replaces = [-1, -1, -1, 3, 4],
        };
    }

    private static OpCase TrainGrad(TensorType x, double mean = 0.5)
    {
        TensorType channels = TensorType.Vector(x.Shape[1]);
        return new(
            new BatchNormalizationGrad(),
            new OpInput("x", x, Domain.Normal(mean)),
            new OpInput("gamma", channels, Domain.Uniform(0.5, 1.5)),
            new OpInput("mean", channels, Domain.Normal(mean, 0.1)),
            new OpInput("inverse_deviation", channels, Domain.Uniform(0.5, 2)),
            new OpInput("gradY", x, Domain.Normal()))
        {
            Reason = "sums of products of either sign: the error follows the terms, not the sum",
        };
    }

    private static OpCase Statistics(TensorType x, BatchStatistics op, Func<Random, TensorType, double[]>? domain = null) =>
        Train(x, new BatchNormalization(op.Epsilon, op.Momentum), domain) with { Op = op, Replaces = [-1, -1, 3, 4, -1] };

    private static OpCase StatisticsGrad(TensorType x) => TrainGrad(x) with { Op = new BatchStatisticsGrad() };

    private static OpCase Mapped(TensorType x) => new(
        new Normalize(), new OpInput("x", x, Domain.Normal(0.5, 2)), new OpInput("coefficients", TensorType.Matrix(Normalize.Coefficients, x.Shape[1]), Domain.Normal()));

    private static OpCase MappedGrad(TensorType x) => new(
        new NormalizeGrad(),
        new OpInput("gradY", x, Domain.Normal()),
        new OpInput("x", x, Domain.Normal(0.5, 2)),
        new OpInput("coefficients", TensorType.Matrix(NormalizeGrad.Coefficients, x.Shape[1]), Domain.Normal()));

    private static OpCase Frozen(TensorType x, FrozenBatchNormalization op)
    {
        TensorType channels = TensorType.Vector(x.Shape[1]);
        return new(
            op,
            new OpInput("x", x, Domain.Normal(0.5, 2)),
            new OpInput("gamma", channels, Domain.Uniform(0.5, 1.5)),
            new OpInput("beta", channels, Domain.Normal()),
            new OpInput("mean", channels, Domain.Normal(), HasGradient: false),
            new OpInput("variance", channels, Domain.Uniform(0.5, 2), HasGradient: false));
    }

    private static OpCase FrozenHalf(TensorType channels, FrozenStatistics op) =>
        new(op, [.. Frozen(TensorType.Matrix(1, channels.Shape.Count), new FrozenBatchNormalization(op.Epsilon)).Inputs.Skip(1)]);

    private static OpCase FrozenGrad(TensorType x, FrozenBatchNormalizationGrad op)
    {
        TensorType channels = TensorType.Vector(x.Shape[1]);
        return new(
            op,
            new OpInput("x", x, Domain.Normal()),
            new OpInput("gamma", channels, Domain.Uniform(0.5, 1.5)),
            new OpInput("mean", channels, Domain.Normal(0, 0.1)),
            new OpInput("variance", channels, Domain.Uniform(0.5, 2)),
            new OpInput("gradY", x, Domain.Normal()))
        {
            Reason = "sums of products of either sign: the error follows the terms, not the sum",
        };
    }
}
