using CsCheck;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>Convolutions as products of patches; <see cref="WinogradTests"/> has the others.</summary>
public sealed unsafe class ConvolutionTests
{
    // Rounding grows like k·eps·sqrt(n) with n terms: eps = 6e-8 and n up to 64·49·... = 1e4 give 6e-6 at worst for k = 1;
    // every convention that is wrong (padding order, flipped taps, groups) is off by the size of the terms themselves.
    private const double Tolerance = 1e-5;

    // Roundings of 6e-8 of a partial sum each; over thousands of terms they meet at random.
    private const double TermTolerance = 1e-6;

    private static readonly Gen<ConvGeometry> Geometries =
        from channels in Gen.Select(Gen.OneOf(1, 3, 13, 16, 29, 64), Gen.OneOf(1, 3, 13, 16, 29, 40, 64), Gen.OneOf(0, 0, 0, 1, 2, 3))
        from image in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 13], Gen.Int[1, 13])
        from filter in Gen.Select(Gen.OneOf(1, 3, 3, 5, 7), Gen.OneOf(1, 3, 3, 5, 7))
        from stride in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from pad in Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3])
        from dilation in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2])
        let geometry = Geometry(channels, image, filter, stride, pad, dilation)
        where IsPossible(geometry) && Terms(geometry) < 1_500_000
        select geometry;

    [Fact]
    public void Convolutions_of_any_extents_equal_their_definition() =>
        Gen.Select(Geometries, Gen.Bool, Gen.Int[0, 1_000_000]).Check(300, drawn => Check(drawn.Item1, drawn.Item2, drawn.Item3));

    [Theory]
    [InlineData(2, 64, 16, 16, 96, 3, 1, 1)]
    [InlineData(3, 512, 4, 4, 160, 3, 1, 1)]
    [InlineData(40, 3, 16, 16, 16, 3, 2, 1)]
    [InlineData(9, 33, 9, 7, 130, 1, 2, 1)]
    [InlineData(2, 128, 8, 8, 128, 3, 1, 4)]
    public void Convolutions_of_many_tiles_equal_their_definition(int n, int c, int h, int w, int m, int r, int stride, int groups) =>
        Check(new ConvGeometry(n, c, h, w, m, r, r, stride, stride, r / 2, r / 2, r / 2, r / 2, 1, 1, groups), hasBias: true, seed: 7);

    [Fact]
    public void The_same_bits_come_from_any_number_of_threads()
    {
        var g = new ConvGeometry(13, 24, 15, 17, 40, 3, 3, 2, 1, 1, 0, 1, 2, 1, 1, 2);
        float[][] alone = Results(g, 1);
        foreach (int threads in (int[])[2, 4, 7])
        {
            Assert.Equal(alone, Results(g, threads));
        }
    }

    [Fact]
    public void A_wrong_padding_order_is_noticed()
    {
        var g = new ConvGeometry(2, 3, 7, 8, 5, 3, 3, 1, 1, 0, 1, 2, 1, 1, 1, 1);
        ConvGeometry wrong = g with { PadTop = g.PadBottom, PadBottom = g.PadTop };
        float[] x = Numbers.Uniform(g.N * g.H * g.W * g.C, 1);
        float[] w = Numbers.Uniform(g.R * g.S * g.GroupC * g.M, 2);
        float[] y = Outputs.Of(g.N * g.P * g.Q * g.M, [x, w], (steps, p, result) => Convolution.Forward(steps, g, p(0), p(1), null, result));
        Assert.True(Numbers.RelativeError(NaiveConvolution.Forward(g, x, w, null), y) < Tolerance);
        Assert.True(Numbers.RelativeError(NaiveConvolution.Forward(wrong, x, w, null), y) > 0.1);
    }

    [Fact]
    public void Extents_that_are_no_convolution_are_refused()
    {
        var good = new ConvGeometry(1, 4, 5, 5, 4, 3, 3, 1, 1, 0, 0, 0, 0, 1, 1, 1);
        ConvGeometry[] bad = [good with { H = 2 }, good with { Groups = 3 }, good with { StrideW = 0 }, good with { DilationH = 3 }, good with { PadLeft = -1 }];
        using var steps = new CpuSteps();
        foreach (ConvGeometry g in bad)
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Convolution.Forward(steps, g, null, null, null, null));
        }
    }

    private static ConvGeometry Geometry(
        (int C, int M, int Grouping) channels, (int N, int H, int W) image, (int R, int S) filter, (int H, int W) stride, (int, int, int, int) pad, (int H, int W) dilation)
    {
        // Grouping 1 is depthwise, 2 depthwise with several filters per channel, 3 is four groups.
        (int c, int m, int groups) = channels.Grouping switch
        {
            1 => (channels.C, channels.C, channels.C),
            2 => (channels.C, 3 * channels.C, channels.C),
            3 => (4 * (channels.C / 4 + 1), 4 * (channels.M / 4 + 1), 4),
            _ => (channels.C, channels.M, 1),
        };
        return new(
            image.N, c, image.H, image.W, m, filter.R, filter.S, stride.H, stride.W, pad.Item1, pad.Item2, pad.Item3, pad.Item4, dilation.H, dilation.W, groups);
    }

    private static bool IsPossible(ConvGeometry g) =>
        g.H + g.PadTop + g.PadBottom > g.DilationH * (g.R - 1) && g.W + g.PadLeft + g.PadRight > g.DilationW * (g.S - 1);

    private static long Terms(ConvGeometry g) => (long)g.N * g.P * g.Q * g.M * g.GroupC * g.R * g.S;

    private static void Check(ConvGeometry g, bool hasBias, int seed)
    {
        float[] x = Numbers.Uniform(g.N * g.H * g.W * g.C, seed);
        float[] w = Numbers.Uniform(g.R * g.S * g.GroupC * g.M, seed + 1);
        float[] gradY = Numbers.Uniform(g.N * g.P * g.Q * g.M, seed + 2);
        float[]? bias = hasBias ? Numbers.Uniform(g.M, seed + 3) : null;

        float[] y = Outputs.Of(
            gradY.Length, [x, w, bias ?? []], (steps, p, result) => Convolution.Forward(steps, g, p(0), p(1), hasBias ? p(2) : null, result), isExact: true);
        float[] gradX = Outputs.Of(x.Length, [gradY, w], (steps, p, result) => Convolution.GradInput(steps, g, p(0), p(1), result), isExact: true);
        float[] gradW = Outputs.Of(w.Length, [x, gradY], (steps, p, result) => Convolution.GradWeight(steps, g, p(0), p(1), result), isExact: true);

        (float[] sizeX, float[] sizeW, float[] sizeY) = (Numbers.Abs(x), Numbers.Abs(w), Numbers.Abs(gradY));
        float[]? sizeBias = bias is null ? null : Numbers.Abs(bias);
        Numbers.AssertClose(
            NaiveConvolution.Forward(g, x, w, bias), NaiveConvolution.Forward(g, sizeX, sizeW, sizeBias), y, TermTolerance, $"forward of {g}");
        Numbers.AssertClose(
            NaiveConvolution.GradInput(g, gradY, w), NaiveConvolution.GradInput(g, sizeY, sizeW), gradX, TermTolerance, $"gradient of the input of {g}");
        Numbers.AssertClose(
            NaiveConvolution.GradWeight(g, x, gradY), NaiveConvolution.GradWeight(g, sizeX, sizeY), gradW, TermTolerance, $"gradient of the filter of {g}");
    }

    private static float[][] Results(ConvGeometry g, int threads)
    {
        float[] x = Numbers.Uniform(g.N * g.H * g.W * g.C, 1);
        float[] w = Numbers.Uniform(g.R * g.S * g.GroupC * g.M, 2);
        float[] gradY = Numbers.Uniform(g.N * g.P * g.Q * g.M, 3);
        return
        [
            Outputs.Of(gradY.Length, [x, w], (steps, p, result) => Convolution.Forward(steps, g, p(0), p(1), null, result), threads),
            Outputs.Of(x.Length, [gradY, w], (steps, p, result) => Convolution.GradInput(steps, g, p(0), p(1), result), threads),
            Outputs.Of(w.Length, [x, gradY], (steps, p, result) => Convolution.GradWeight(steps, g, p(0), p(1), result), threads),
        ];
    }
}
