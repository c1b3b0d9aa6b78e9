using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class FusionCases
{
    private static readonly ProductCases.Geometry[] Chosen =
    [
        new(new Conv(1, 1, 1), TensorType.Image(2, 16, 8, 8), 16, 3, 3),
        new(new Conv(1, 1, 1), TensorType.Image(3, 13, 11, 9), 29, 3, 3),
        new(new Conv(1, 1, 1), TensorType.Image(5, 3, 16, 12), 32, 3, 3),
        new(new Conv(2, 1, 1), TensorType.Image(3, 16, 15, 13), 17, 3, 3),
        new(new Conv(1, 0, 1), TensorType.Image(2, 5, 7, 6), 9, 1, 1),
        new(new Conv(1, 2, 1), TensorType.Image(1, 8, 6, 5), 40, 3, 3),
        new(new Conv(1, 1, 1, 4), TensorType.Image(2, 8, 6, 6), 12, 3, 3),
    ];

    // One value of a channel has no variance.
    private static readonly ProductCases.Geometry[] Tiles = [.. ProductCases.Chosen.Except(Chosen).Where(g => g.Y.Shape.Count > g.M && g.X.Shape.Count > g.X.Shape[1])];

    private static readonly ConvOperand[] s_operandsX = [ConvOperand.Plain, ConvOperand.NormalizeRelu];
    private static readonly ConvOperand[] s_operandsY = [ConvOperand.Plain, ConvOperand.NormalizeGrad, ConvOperand.Unpool];

    private static readonly ConvOperand[] s_measurable = [ConvOperand.NormalizeRelu, ConvOperand.NormalizeGrad, ConvOperand.Unpool];
    private static readonly TensorType[] s_measured = [TensorType.Image(2, 16, 8, 8), TensorType.Image(3, 5, 7, 3), TensorType.Image(5, 3, 65, 67)];

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<NormalizeRelu>(
            [Activation(TensorType.Image(2, 16, 8, 8), hasSkip: false), Activation(TensorType.Image(5, 3, 65, 67), hasSkip: true), Activation(TensorType.Matrix(9, 17), hasSkip: true)],
            random => Activation(random.DrawGeometry().X, random.Next(2) == 0)),
        OpFamily.Of<AddRelu>([Sum(TensorType.Image(2, 16, 8, 8)), Sum(TensorType.Image(5, 3, 65, 67))], random => Sum(random.DrawGeometry().X)),
        OpFamily.Of<FusedConv>(
            [
                .. from g in Chosen from y in Enum.GetValues<ConvResult>() select Forward(g, (int)y % 2 == 0 ? ConvOperand.Plain : ConvOperand.NormalizeRelu, y != ConvResult.Plain, y),
                .. Tiles.Select((g, i) => Forward(g, ConvOperand.Plain, hasBias: i % 2 == 0, i % 3 == 2 ? ConvResult.Relu : ConvResult.Statistics)),
                .. Tiles.Where(g => g.Y.Shape[2] > 1 && g.Y.Shape[3] > 1)
                    .Select((g, i) => Forward(g, ConvOperand.Plain, hasBias: i % 2 == 1, i % 3 == 0 ? ConvResult.MaxPool : ConvResult.ReluMaxPool)),
            ],
            random => Forward(random.DrawGeometry(), random.Of(s_operandsX), random.Next(2) == 0, random.Of([ConvResult.Plain, ConvResult.Relu]))),
        OpFamily.Of<FusedConvGradInput>(
            [
                .. Chosen.SelectMany((g, i) => s_operandsY.Select((y, j) => GradInput(g, y, (i + j) % 2 == 0, (GradMask)((i + j) % 3), (i + j) % 4 < 2))),
                .. Tiles.Select((g, i) => GradInput(g, ConvOperand.Plain, i % 2 == 0, (GradMask)(i / 2 % 3), i % 5 != 4)),
            ],
            random => GradInput(random.DrawGeometry(), random.Of([ConvOperand.Plain, ConvOperand.NormalizeGrad]), random.Next(2) == 0, (GradMask)random.Next(3), hasStatistics: false)),
        OpFamily.Of<FusedConvGradWeight>(
            [.. from g in Chosen from x in s_operandsX from y in s_operandsY select GradWeight(g, x, y)],
            random => GradWeight(random.DrawGeometry(), random.Of(s_operandsX), random.Of([ConvOperand.Plain, ConvOperand.NormalizeGrad]))),
        OpFamily.Of<FusedSignalMeasure>(
            [.. from type in s_measured from x in s_measurable from images in (int[])[0, 1] select Measure(type, x, images)],
            random => Measure(random.DrawGeometry().X, random.Of([ConvOperand.NormalizeRelu, ConvOperand.NormalizeGrad]), random.Next(3))),
    ];

    /// <summary>Statistics of a result whose mean is thirty deviations from 0: a card's kernels take squares about each tile's mean.</summary>
    public static OpCase FarFromZero => Forward(Chosen[1], ConvOperand.Plain, hasBias: true, ConvResult.Statistics, Domain.Normal(300)) with { Note = "far from 0" };

    private static T Of<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private static OpCase Activation(TensorType x, bool hasSkip) => new(
        new NormalizeRelu(), [.. Normalized("x", x), .. hasSkip ? [new OpInput("skip", x, Domain.Normal())] : Array.Empty<OpInput>()]);

    private static OpCase Sum(TensorType x) => new(new AddRelu(), new OpInput("a", x, Domain.Normal()), new OpInput("b", x, Domain.Normal()));

    private static OpCase Forward(ProductCases.Geometry g, ConvOperand x, bool hasBias, ConvResult y, Func<Random, TensorType, double[]>? bias = null)
    {
        TensorType channels = TensorType.Vector(g.M);
        return new(
            new FusedConv(g.Op, x, hasBias, y, 1e-4f, 0.2f),
            [
                .. Operand("x", g.X, x),
                new("w", g.Filter, Domain.Normal()),
                .. hasBias ? [new OpInput("bias", channels, bias ?? Domain.Normal())] : Array.Empty<OpInput>(),
                .. y == ConvResult.Statistics ? Statistics(channels) : [],
            ])
        {
            Reason = "sums of a few hundred terms, and their variance",
        };
    }

    private static OpCase GradInput(ProductCases.Geometry g, ConvOperand gradY, bool hasSkip, GradMask mask, bool hasStatistics)
    {
        TensorType channels = TensorType.Vector(g.X.Shape[1]);
        IEnumerable<OpInput> masks = mask switch
        {
            GradMask.None => [],
            GradMask.Output => [new OpInput("mask", g.X, Domain.AwayFromZero())],
            _ => Normalized("mask", g.X),
        };
        return new(
            new FusedConvGradInput(new ConvGradInput(g.Op, g.X.Shape[2], g.X.Shape[3]), gradY, hasSkip, mask, hasStatistics),
            [
                new("w", g.Filter, Domain.Normal()),
                .. Operand("gradY", g.Y, gradY),
                .. hasSkip ? [new OpInput("skip", g.X, Domain.Normal())] : Array.Empty<OpInput>(),
                .. masks,
                .. hasStatistics
                    ?
                    [
                        new("z", g.X, Domain.Normal(0.5)), new("gamma", channels, Domain.Uniform(0.5, 1.5)), new("mean", channels, Domain.Normal(0.5, 0.1)),
                        new("inverse_deviation", channels, Domain.Uniform(0.5, 2)),
                    ]
                    : Array.Empty<OpInput>(),
            ])
        {
            Reason = "sums of products of either sign: the error follows the terms, not the sum",
        };
    }

    private static OpCase GradWeight(ProductCases.Geometry g, ConvOperand x, ConvOperand gradY) => new(
        new FusedConvGradWeight(new ConvGradWeight(g.Op, g.R, g.S), x, gradY), [.. Operand("x", g.X, x), .. Operand("gradY", g.Y, gradY)]);

    private static OpCase Measure(TensorType type, ConvOperand x, int images) => new(
        new FusedSignalMeasure(x, type.Shape[2], type.Shape[3], new SignalMeasure(images)), [.. Operand("x", type, x)]);

    private static IEnumerable<OpInput> Operand(string name, TensorType type, ConvOperand operand) => operand switch
    {
        ConvOperand.Plain => [new(name, type, Domain.Normal())],
        ConvOperand.NormalizeRelu => Normalized(name, type),
        ConvOperand.NormalizeGrad =>
        [
            new(name, type, Domain.Normal()),
            new($"{name}_x", type, Domain.Normal(0.5)),
            new($"{name}_coefficients", TensorType.Matrix(NormalizeGrad.Coefficients, type.Shape[1]), Domain.Normal()),
        ],
        _ => Pooled(name, type),
    };

    // Halves about integer means: what is normalised stays away from the kink at 0.
    private static IEnumerable<OpInput> Normalized(string name, TensorType type) =>
    [
        new(name, type, (random, t) => [.. Domain.Integers(-3, 4)(random, t).Select(i => i + 0.5)]),
        new($"{name}_coefficients", TensorType.Matrix(Normalize.Coefficients, type.Shape[1]), (random, t) =>
        {
            TensorType row = TensorType.Vector(t.Shape[1]);
            return [.. Domain.Integers(-1, 2)(random, row), .. Domain.Uniform(0.5, 1.5)(random, row), .. Domain.Uniform(-0.125, 0.125)(random, row)];
        }),
    ];

    private static IEnumerable<OpInput> Pooled(string name, TensorType type)
    {
        MaxPool pool = new(2, 2, 0);
        IReadOnlyList<TensorType> pooled = pool.Infer([type]);
        double[] Positions(Random random, TensorType _) => [.. PoolingReference.Max(pool, new DoubleTensor(type.Shape, Domain.Ties()(random, type)))[1].Values];
        return [new($"{name}_positions", pooled[1], Positions), new(name, pooled[0], Domain.Normal())];
    }

    private static OpInput[] Statistics(TensorType channels) =>
    [
        new("gamma", channels, Domain.Uniform(0.5, 1.5)),
        new("beta", channels, Domain.Normal()),
        new("running_mean", channels, Domain.Normal()),
        new("running_var", channels, Domain.Uniform(0.5, 2)),
    ];
}
