using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class PoolingCases
{
    private static readonly Pad2 Uneven = new(1, 0, 2, 1);

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<MaxPool>(
            [
                Case(new MaxPool(2, 2, 0), TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Case(new MaxPool(3, 2, 1), TensorType.Image(2, 19, 15, 13), Domain.Normal()),
                Case(new MaxPool(new Size2(3, 2), new Size2(1, 3), Uneven), TensorType.Image(1, 3, 7, 5), Domain.Normal()),
                Case(new MaxPool(3, 1, 1), TensorType.Image(2, 8, 6, 6), Domain.Ties()) with { Note = "ties" },
                Case(new MaxPool(2, 2, 1), TensorType.Image(1, 3, 4, 4), Domain.Given(double.NegativeInfinity)) with { Note = "nothing but −∞" },
                Case(new MaxPool(2, 1, 1), TensorType.Image(1, 9, 5, 5), Domain.Given(1, 3, double.NaN, -2, 0, 5, double.PositiveInfinity)) with { Note = "not a number" },
                Case(new MaxPool(3, 2, 1), TensorType.Image(3, 17, 33, 31), Domain.Normal()) with { Note = "several chunks" },
            ],
            random => random.Window((window, stride, pad, x) => Case(new MaxPool(window, stride, pad), x, Domain.Distinct()))),
        OpFamily.Of<MaxPoolGrad>(
            [
                MaxGrad(2, 2, 0, TensorType.Image(2, 16, 8, 8)),
                MaxGrad(3, 2, 1, TensorType.Image(2, 19, 15, 13)),
                MaxGrad(new Size2(3, 2), new Size2(1, 3), Uneven, TensorType.Image(1, 3, 7, 5)),
                MaxGrad(2, 3, 0, TensorType.Image(1, 9, 9, 9)),
                MaxGrad(3, 1, 1, TensorType.Image(3, 17, 33, 31)),
            ],
            random => random.Window(MaxGrad)),
        OpFamily.Of<AveragePool>(
            [
                Case(new AveragePool(2, 2, 0, PadCounting.Included), TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Case(new AveragePool(3, 2, 1, PadCounting.Included), TensorType.Image(2, 19, 15, 13), Domain.Normal()),
                Case(new AveragePool(3, 2, 1, PadCounting.Excluded), TensorType.Image(2, 19, 15, 13), Domain.Normal()),
                Case(new AveragePool(new Size2(3, 2), new Size2(1, 3), Uneven, PadCounting.Excluded), TensorType.Image(1, 3, 7, 5), Domain.Normal()),
                Case(new AveragePool(5, 3, 2, PadCounting.Included), TensorType.Image(3, 17, 33, 31), Domain.Normal(1000)) with { Note = "large mean" },
            ],
            random => random.Window((window, stride, pad, x) =>
                Case(new AveragePool(window, stride, pad, (PadCounting)random.Next(2)), x, Domain.Normal()))),
        OpFamily.Of<AveragePoolGrad>(
            [
                AverageGrad(2, 2, 0, PadCounting.Included, TensorType.Image(2, 16, 8, 8)),
                AverageGrad(3, 2, 1, PadCounting.Included, TensorType.Image(2, 19, 15, 13)),
                AverageGrad(3, 2, 1, PadCounting.Excluded, TensorType.Image(2, 19, 15, 13)),
                AverageGrad(new Size2(3, 2), new Size2(1, 3), Uneven, PadCounting.Excluded, TensorType.Image(1, 3, 7, 5)),
                AverageGrad(2, 3, 0, PadCounting.Included, TensorType.Image(1, 9, 9, 9)),
                AverageGrad(3, 1, 1, PadCounting.Excluded, TensorType.Image(3, 17, 33, 31)),
            ],
            random => random.Window((window, stride, pad, x) => AverageGrad(window, stride, pad, (PadCounting)random.Next(2), x))),
        OpFamily.Of<GlobalAveragePool>(
            [
                Case(new GlobalAveragePool(), TensorType.Image(2, 64, 8, 8), Domain.Normal()),
                Case(new GlobalAveragePool(), TensorType.Image(1, 5, 1, 1), Domain.Normal()),
                Case(new GlobalAveragePool(), TensorType.Image(3, 3, 112, 97), Domain.Normal(10)),
            ],
            random => Case(new GlobalAveragePool(), random.Image(), Domain.Normal())),
        OpFamily.Of<Subsample>(
            [
                Case(new Subsample(2), TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Case(new Subsample(new Size2(3, 1)), TensorType.Image(1, 5, 7, 3), Domain.Normal()),
            ],
            random => Case(new Subsample(new Size2(random.Next(1, 4), random.Next(1, 4))), random.Image(), Domain.Normal())),
        OpFamily.Of<Pad>(
            [
                Case(new Pad(1, 0, 0), TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Case(new Pad(0, 2, 3), TensorType.Image(2, 5, 3, 7), Domain.Normal()),
                Case(new Pad(Uneven, 0, 1), TensorType.Image(1, 3, 5, 4), Domain.Normal()),
                Case(new Pad(2, 8, 8), TensorType.Image(3, 16, 31, 29), Domain.Normal()) with { Note = "several chunks" },
                Case(new Pad(0, 0, 0), TensorType.Image(1, 3, 2, 2), Domain.Normal()),
            ],
            random => Case(RandomPad(random), random.Image(), Domain.Normal())),
        OpFamily.Of<PadGrad>(
            [
                Case(new PadGrad(1, 0, 0), TensorType.Image(2, 16, 8, 8), Domain.Normal()),
                Case(new PadGrad(0, 2, 3), TensorType.Image(2, 9, 3, 7), Domain.Normal()),
                Case(new PadGrad(2, 8, 8), TensorType.Image(3, 32, 31, 29), Domain.Normal()) with { Note = "several chunks" },
            ],
            random =>
            {
                Pad pad = RandomPad(random);
                return Case(new PadGrad(pad.Sides, pad.ChannelsBefore, pad.ChannelsAfter), pad.Infer([random.Image()])[0], Domain.Normal());
            }),
    ];

    private static Pad RandomPad(Random random) => new(
        new Pad2(random.Next(3), random.Next(3), random.Next(3), random.Next(3)), random.Next(3), random.Next(3));

    private static OpCase Case(Op op, TensorType x, Func<Random, TensorType, double[]> domain) => new(op, new OpInput("x", x, domain));

    private static OpCase MaxGrad(Size2 window, Size2 stride, Pad2 pad, TensorType x)
    {
        MaxPool forward = new(window, stride, pad);
        IReadOnlyList<TensorType> y = forward.Infer([x]);
        // Positions must lie inside their windows; the forward op knows some.
        double[] Positions(Random random, TensorType type) => [.. PoolingReference.Max(forward, new DoubleTensor(x.Shape, Domain.Ties()(random, x)))[1].Values];
        return new(
            new MaxPoolGrad(window, stride, pad, new Size2(x.Shape[2], x.Shape[3])),
            new OpInput("positions", y[1], Positions),
            new OpInput("gradY", y[0], Domain.Normal()));
    }

    private static OpCase AverageGrad(Size2 window, Size2 stride, Pad2 pad, PadCounting counting, TensorType x) => Case(
        new AveragePoolGrad(window, stride, pad, counting, new Size2(x.Shape[2], x.Shape[3])),
        new AveragePool(window, stride, pad, counting).Infer([x])[0],
        Domain.Normal());

    private static OpCase Window(this Random random, Func<Size2, Size2, Pad2, TensorType, OpCase> build)
    {
        Size2 window = new(random.Next(1, 4), random.Next(1, 4));
        Pad2 pad = new(random.Next(window.H), random.Next(window.W), random.Next(window.H), random.Next(window.W));
        return build(
            window,
            new Size2(random.Next(1, 4), random.Next(1, 4)),
            pad,
            TensorType.Image(random.Next(1, 3), random.Next(1, 4), window.H + random.Next(4), window.W + random.Next(4)));
    }
}
