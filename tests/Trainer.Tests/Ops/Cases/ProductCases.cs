using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

internal static class ProductCases
{
    /// <summary>Every tile, in groups and without, one block and several; in some every channel is a group of its own.</summary>
    internal static readonly Geometry[] Chosen =
    [
        new(new Conv(1, 1, 1), TensorType.Image(2, 16, 8, 8), 16, 3, 3),
        new(new Conv(2, 1, 1), TensorType.Image(3, 3, 15, 13), 17, 3, 3),
        new(new Conv(2, 0, 1), TensorType.Image(1, 5, 8, 7), 9, 1, 1),
        new(new Conv(new Size2(1, 3), new Pad2(1, 0, 2, 1), new Size2(2, 1), 2), TensorType.Image(2, 6, 9, 11), 8, 3, 2),
        new(new Conv(1, 1, 1, 12), TensorType.Image(2, 12, 6, 6), 12, 3, 3),
        new(new Conv(4, 3, 1), TensorType.Image(1, 3, 23, 21), 6, 7, 7),
        new(new Conv(1, 0, 1), TensorType.Image(1, 1, 1, 1), 1, 1, 1),
        new(new Conv(1, 2, 2), TensorType.Image(3, 24, 13, 12), 40, 3, 3),
        new(new Conv(2, 1, 1), TensorType.Image(3, 70, 15, 14), 36, 3, 3),
        new(new Conv(1, 1, 1), TensorType.Image(3, 4, 15, 13), 6, 3, 3),
        new(new Conv(1, 1, 1, 2), TensorType.Image(3, 24, 7, 6), 140, 3, 3),
        new(new Conv(2, 1, 1, 2), TensorType.Image(3, 140, 13, 12), 24, 2, 3),
        new(new Conv(1, 1, 1, 2), TensorType.Image(2, 18, 17, 16), 20, 3, 3),
        new(new Conv(1, 1, 1, 4), TensorType.Image(3, 8, 15, 13), 40, 3, 3),
        .. Tiles,
    ];

    // What the tiles of the CUDA kernels leave of these: a group or a tensor within one tile, and weight gradients that are cut into splits.
    private static Geometry[] Tiles =>
    [
        new(new Conv(1, 1, 1, 2), TensorType.Image(1, 16, 5, 5), 16, 3, 3),
        new(new Conv(1, 1, 1, 2), TensorType.Image(1, 48, 5, 5), 48, 3, 3),
        new(new Conv(1, 0, 1, 2), TensorType.Image(1, 96, 3, 3), 96, 1, 1),
        new(new Conv(1, 1, 1), TensorType.Image(1, 20, 5, 5), 20, 3, 3),
        new(new Conv(1, 0, 1), TensorType.Image(1, 40, 4, 4), 40, 1, 1),
        new(new Conv(1, 1, 1), TensorType.Image(3, 4, 15, 13), 20, 3, 3),
        new(new Conv(1, 0, 1), TensorType.Image(3, 4, 15, 13), 40, 1, 1),
        new(new Conv(1, 1, 1, 4), TensorType.Image(3, 4, 15, 13), 4, 3, 3),
        new(new Conv(1, 0, 1, 2), TensorType.Image(1, 2, 2, 2), 2, 1, 1),
        new(new Conv(1, 0, 1), TensorType.Image(1, 72, 3, 3), 72, 1, 1),
        new(new Conv(1, 1, 1), TensorType.Image(3, 8, 15, 13), 136, 3, 3),
    ];

    // Three taps of four in steps of 16: the last step is not full, and must not carry a NaN to where no tap takes it.
    private static readonly Geometry Partial = new(new Conv(2, 0, 1), TensorType.Image(2, 4, 7, 9), 4, 1, 3);

    public static IEnumerable<OpFamily> All =>
    [
        OpFamily.Of<Conv>(
            [.. Chosen.Select((g, i) => Forward(g, hasBias: i % 2 == 0)), Forward(Partial, hasBias: true, Domain.Normal().With(70, double.NaN)) with { Note = "one not a number" }],
            random => Forward(random.DrawGeometry(), random.Next(2) == 0)),
        OpFamily.Of<ConvGradInput>(
            [.. Chosen.Select(g => GradInput(g)), GradInput(Partial, Domain.Normal().With(50, double.NaN)) with { Note = "one not a number" }],
            random => GradInput(random.DrawGeometry())),
        OpFamily.Of<ConvGradWeight>([.. Chosen.Select(GradWeight)], random => GradWeight(random.DrawGeometry())),
        OpFamily.Of<Gemm>(
            [
                Product(new Gemm(Transpose.No, Transpose.Yes), 33, 64, 10, hasBias: true),
                Product(new Gemm(Transpose.No, Transpose.No), 1, 37, 5, hasBias: true),
                Product(new Gemm(Transpose.Yes, Transpose.No), 19, 3, 23, hasBias: false),
                Product(new Gemm(Transpose.Yes, Transpose.Yes), 7, 11, 13, hasBias: true),
                Product(new Gemm(Transpose.No, Transpose.Yes), 1, 1, 1, hasBias: false),
                Product(new Gemm(Transpose.No, Transpose.Yes), 150, 200, 140, hasBias: true),
                Product(new Gemm(Transpose.No, Transpose.Yes), 5, 1500, 11, hasBias: true),
                Product(new Gemm(Transpose.No, Transpose.No), 70, 40, 150, hasBias: true),
                Product(new Gemm(Transpose.Yes, Transpose.No), 65, 520, 70, hasBias: true),
                Product(new Gemm(Transpose.Yes, Transpose.Yes), 130, 21, 66, hasBias: false),
                Product(new Gemm(Transpose.No, Transpose.No), 5, 600, 11, hasBias: true),
                Product(new Gemm(Transpose.Yes, Transpose.No), 5, 600, 11, hasBias: false),
                Product(new Gemm(Transpose.Yes, Transpose.Yes), 5, 600, 11, hasBias: true),
            ],
            random => Product(
                new Gemm((Transpose)random.Next(2), (Transpose)random.Next(2)), random.Next(1, 8), random.Next(1, 8), random.Next(1, 8), random.Next(2) == 0)),
    ];

    private static OpCase Forward(Geometry g, bool hasBias, Func<Random, TensorType, double[]>? x = null) => new(
        g.Op,
        [
            new("x", g.X, x ?? Domain.Normal()),
            new("w", g.Filter, Domain.Normal()),
            .. hasBias ? [new OpInput("bias", TensorType.Vector(g.M), Domain.Normal())] : Array.Empty<OpInput>(),
        ]);

    private static OpCase GradInput(Geometry g, Func<Random, TensorType, double[]>? gradY = null) => new(
        new ConvGradInput(g.Op, g.X.Shape[2], g.X.Shape[3]), new OpInput("w", g.Filter, Domain.Normal()), new OpInput("gradY", g.Y, gradY ?? Domain.Normal()));

    private static OpCase GradWeight(Geometry g) => new(
        new ConvGradWeight(g.Op, g.R, g.S), new OpInput("x", g.X, Domain.Normal()), new OpInput("gradY", g.Y, Domain.Normal()));

    private static OpCase Product(Gemm op, int rows, int inner, int columns, bool hasBias) => new(
        op,
        [
            new("a", op.TransA == Transpose.Yes ? TensorType.Matrix(inner, rows) : TensorType.Matrix(rows, inner), Domain.Normal()),
            new("b", op.TransB == Transpose.Yes ? TensorType.Matrix(columns, inner) : TensorType.Matrix(inner, columns), Domain.Normal()),
            .. hasBias ? [new OpInput("bias", TensorType.Vector(columns), Domain.Normal())] : Array.Empty<OpInput>(),
        ]);

    /// <summary>A small convolution with random attributes.</summary>
    public static Geometry DrawGeometry(this Random random)
    {
        int groups = random.Next(1, 4);
        (int r, int s) = (random.Next(1, 4), random.Next(1, 4));
        Conv op = new(
            new Size2(random.Next(1, 4), random.Next(1, 4)),
            new Pad2(random.Next(3), random.Next(3), random.Next(3), random.Next(3)),
            new Size2(random.Next(1, 3), random.Next(1, 3)),
            groups);
        TensorType x = TensorType.Image(
            random.Next(1, 3),
            groups * random.Next(1, 3),
            (op.Dilation.H * (r - 1)) + 1 + random.Next(3),
            (op.Dilation.W * (s - 1)) + 1 + random.Next(3));
        return new(op, x, groups * random.Next(1, 3), r, s);
    }

    /// <summary>A convolution, the type of its input and the extents of its filter.</summary>
    public sealed record Geometry(Conv Op, TensorType X, int M, int R, int S)
    {
        public TensorType Filter => TensorType.Filter(M, X.Shape[1] / Op.Groups, R, S);

        public TensorType Y => Op.Infer([X, Filter])[0];
    }
}
