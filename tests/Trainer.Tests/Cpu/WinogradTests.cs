using CsCheck;
using Gimbal.Trainer.Cpu;
using Xunit.Abstractions;

namespace Gimbal.Trainer.Tests.Cpu;

public sealed unsafe class WinogradTests(ITestOutputHelper output)
{
    // Root mean square errors of 4e-7 to 1.5e-6 of the result's own root mean square have outliers of five times as much, and the largest element,
    // which the error is measured by, is two to four times the root mean square.
    private const double Tolerance = 1e-5;

    private static readonly Gen<ConvGeometry> Geometries =
        from channels in Gen.Select(Gen.OneOf(1, 3, 13, 16, 29, 40, 64, 70), Gen.OneOf(1, 3, 13, 16, 29, 40, 64, 70), Gen.OneOf(1, 1, 1, 2, 3))
        from image in Gen.Select(Gen.Int[1, 5], Gen.Int[1, 19], Gen.Int[1, 39])
        from pad in Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3])
        let g = Geometry(channels, image, pad)
        where g.H + g.PadTop + g.PadBottom >= 3 && g.W + g.PadLeft + g.PadRight >= 3 && (long)g.N * g.P * g.Q * g.M * g.GroupC < 200_000
        select g;

    [Fact]
    public void Convolutions_of_any_extents_equal_their_definition() =>
        Gen.Select(Geometries, Gen.Bool, Gen.Int[0, 1_000_000]).Check(100, drawn => Check(drawn.Item1, drawn.Item2, drawn.Item3));

    [Theory]
    [InlineData(2, 64, 16, 96, 1, 1)]
    [InlineData(33, 16, 32, 16, 1, 1)]
    [InlineData(5, 144, 8, 160, 1, 1)]
    [InlineData(3, 36, 14, 300, 2, 2)]
    [InlineData(1030, 130, 1, 130, 1, 1)]
    public void Convolutions_of_many_blocks_equal_their_definition(int n, int c, int side, int m, int pad, int groups) =>
        Check(new ConvGeometry(n, c, side, side, m, 3, 3, 1, 1, pad, pad, pad, pad, 1, 1, groups), hasBias: true, seed: 7);

    [Theory]
    [InlineData(13, 24, 15, 17, 40, 2)]
    [InlineData(9, 136, 9, 6, 144, 1)]
    public void The_same_bits_come_from_any_number_of_threads(int n, int c, int h, int w, int m, int groups)
    {
        var g = new ConvGeometry(n, c, h, w, m, 3, 3, 1, 1, 1, 0, 1, 2, 1, 1, groups);
        float[][] alone = Results(g, bias: null, seed: 1, threads: 1);
        foreach (int threads in (int[])[2, 4, 7])
        {
            Assert.Equal(alone, Results(g, bias: null, seed: 1, threads));
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(144)]
    public void Sums_over_the_outputs_are_kept_chunk_by_chunk(int channels)
    {
        var g = new ConvGeometry(7, channels, 9, 10, channels, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        (float[] x, float[] w, _) = Operands(g, seed: 1);
        float[] moments = Outputs.Of(2 * g.M, [x, w], (steps, p, result) =>
        {
            var target = new PixelTarget { Y = steps.Scratch(g.N * g.P * g.Q * g.M), Channels = g.M, Width = g.Q, Height = g.P, Sums = TargetSums.Moments };
            ChunkSums sums = Winograd.Forward(steps, g, PixelSource.Plain(p(0), g.C), p(1), target);
            Assert.True(sums.Chunks > 1);
            steps.Add("join", &Join, new JoinArgs { Sums = sums, Channels = g.M, Result = result }, 1);
        });

        double[] y = NaiveConvolution.Forward(g, x, w, null);
        for (int m = 0; m < g.M; m++)
        {
            double[] channel = [.. y.Where((_, i) => i % g.M == m)];
            double mean = channel.Average();
            double squares = channel.Sum(value => (value - mean) * (value - mean));
            Assert.Equal(mean, moments[2 * m], 1e-5 * Math.Sqrt(squares / channel.Length));
            Assert.Equal(squares, moments[(2 * m) + 1], 1e-5 * squares);
        }
    }

    [Fact]
    public void Errors_are_as_documented()
    {
        var g = new ConvGeometry(2, 64, 16, 16, 96, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        (float[] x, float[] w, float[] gradY) = Operands(g, seed: 1);
        double[][] expected = [NaiveConvolution.Forward(g, x, w, null), NaiveConvolution.GradInput(g, gradY, w), NaiveConvolution.GradWeight(g, x, gradY)];
        float[] direct = Outputs.Of(
            gradY.Length, [x, w], (steps, p, result) => Convolution.Forward(steps, g, p(0), p(1), null, result), isExact: true);
        double[] winograd = [.. Results(g, bias: null, seed: 1, threads: 2).Select((result, i) => RootMeanSquare(expected[i], result))];

        output.WriteLine($"direct {RootMeanSquare(expected[0], direct):e1}, Winograd {winograd[0]:e1}, {winograd[1]:e1}, {winograd[2]:e1}");
        Assert.InRange(RootMeanSquare(expected[0], direct), 1e-8, 5e-7);
        Assert.All(winograd, error => Assert.InRange(error, 1e-8, 1.5e-6));
    }

    [Fact]
    public void Exact_steps_and_other_filters_go_without_it()
    {
        var g = new ConvGeometry(32, 16, 8, 8, 16, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1);

        Assert.Contains("winograd_filter", Names(g, isExact: false));
        Assert.DoesNotContain("winograd_filter", Names(g, isExact: true));
        Assert.DoesNotContain("winograd_filter", Names(g with { StrideW = 2 }, isExact: false));
        Assert.DoesNotContain("winograd_filter", Names(g with { DilationH = 2 }, isExact: false));
        Assert.DoesNotContain("winograd_filter", Names(g with { R = 1 }, isExact: false));
    }

    private static IEnumerable<string> Names(ConvGeometry g, bool isExact)
    {
        using var steps = new CpuSteps { IsExact = isExact };
        Convolution.Forward(steps, g, null, null, null, null);
        return [.. steps.Steps.Select(step => step.Name)];
    }

    private static void Join(JoinArgs* args, int chunk, float* scratch)
    {
        double[] mean = new double[args->Channels];
        double[] squares = new double[args->Channels];
        ChannelMoments.Join(args->Sums, args->Channels, 0, args->Channels, mean, squares);
        for (int m = 0; m < args->Channels; m++)
        {
            (args->Result[2 * m], args->Result[(2 * m) + 1]) = ((float)mean[m], (float)squares[m]);
        }
    }

    // Of the differences, relative to that of the expected elements.
    private static double RootMeanSquare(double[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => (a - e) * (a - e)).Sum() / expected.Sum(e => e * e));

    private static ConvGeometry Geometry((int C, int M, int Groups) channels, (int N, int H, int W) image, (int Top, int Left, int Bottom, int Right) pad) => new(
        image.N,
        channels.C * channels.Groups,
        image.H,
        image.W,
        channels.M * channels.Groups,
        3,
        3,
        1,
        1,
        pad.Top,
        pad.Left,
        pad.Bottom,
        pad.Right,
        1,
        1,
        channels.Groups);

    private static void Check(ConvGeometry g, bool hasBias, int seed)
    {
        (float[] x, float[] w, float[] gradY) = Operands(g, seed);
        float[]? bias = hasBias ? Numbers.Uniform(g.M, seed + 3) : null;
        float[][] results = Results(g, bias, seed, threads: 2);

        AssertClose(NaiveConvolution.Forward(g, x, w, bias), results[0], $"forward of {g}");
        AssertClose(NaiveConvolution.GradInput(g, gradY, w), results[1], $"gradient of the input of {g}");
        AssertClose(NaiveConvolution.GradWeight(g, x, gradY), results[2], $"gradient of the filter of {g}");
    }

    private static void AssertClose(double[] expected, float[] actual, string what)
    {
        double error = Numbers.RelativeError(expected, actual);
        Assert.True(error <= Tolerance, FormattableString.Invariant($"{what}: off by {error:e2} of the largest element"));
    }

    private static (float[] X, float[] W, float[] GradY) Operands(ConvGeometry g, int seed) =>
        (Numbers.Uniform(g.N * g.H * g.W * g.C, seed), Numbers.Uniform(9 * g.GroupC * g.M, seed + 1), Numbers.Uniform(g.N * g.P * g.Q * g.M, seed + 2));

    // Not through Convolution, which leaves some of these to the direct way.
    private static float[][] Results(ConvGeometry g, float[]? bias, int seed, int threads)
    {
        (float[] x, float[] w, float[] gradY) = Operands(g, seed);
        return
        [
            Outputs.Of(
                gradY.Length,
                [x, w, bias ?? []],
                (steps, p, result) => Winograd.Forward(
                    steps, g, PixelSource.Plain(p(0), g.C), p(1), Target(result, bias is null ? null : p(2), g.M, g.P, g.Q)),
                threads),
            Outputs.Of(
                x.Length,
                [gradY, w],
                (steps, p, result) => Winograd.GradInput(steps, g, PixelSource.Plain(p(0), g.M), p(1), Target(result, null, g.C, g.H, g.W)),
                threads),
            Outputs.Of(
                w.Length,
                [x, gradY],
                (steps, p, result) => Winograd.GradWeight(steps, g, PixelSource.Plain(p(0), g.C), PixelSource.Plain(p(1), g.M), result),
                threads),
        ];
    }

    private static PixelTarget Target(float* y, float* bias, int channels, int height, int width) =>
        new() { Y = y, Bias = bias, Channels = channels, Height = height, Width = width };

    private struct JoinArgs
    {
        public ChunkSums Sums;
        public int Channels;
        public float* Result;
    }
}
