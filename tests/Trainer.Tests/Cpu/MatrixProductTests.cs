using CsCheck;
using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

public sealed unsafe class MatrixProductTests
{
    // Rounding grows like k·eps·sqrt(n) with n terms: 6e-8 · sqrt(5000) = 4e-6; a wrong index is off by whole terms.
    private const double Tolerance = 1e-5;

    // Roundings of 6e-8 of a partial sum each; over thousands of terms they meet at random.
    private const double TermTolerance = 1e-6;

    private static readonly Gen<Transpose> Either = Gen.OneOf(Transpose.No, Transpose.Yes);

    [Fact]
    public void Products_of_any_extents_equal_their_definition() =>
        Gen.Select(Gen.Int[1, 70], Gen.Int[1, 70], Gen.Int[1, 90], Either, Either, Gen.Bool).Check(300, Check);

    [Theory]
    [InlineData(150, 260, 600)]
    [InlineData(1, 129, 1153)]
    [InlineData(301, 1, 577)]
    [InlineData(33, 10, 5000)]
    public void Products_of_many_tiles_equal_their_definition(int rows, int columns, int inner)
    {
        Check((rows, columns, inner, Transpose.No, Transpose.Yes, true));
        Check((rows, columns, inner, Transpose.Yes, Transpose.No, false));
        Check((rows, columns, inner, Transpose.No, Transpose.No, true));
    }

    [Fact]
    public void The_same_bits_come_from_any_number_of_threads()
    {
        float[] a = Numbers.Uniform(170 * 700, 1);
        float[] b = Numbers.Uniform(700 * 90, 2);
        float[] alone = Product(170, 90, 700, a, Transpose.No, b, Transpose.Yes, null, threads: 1);
        foreach (int threads in (int[])[2, 4, 7])
        {
            Assert.Equal(alone, Product(170, 90, 700, a, Transpose.No, b, Transpose.Yes, null, threads));
        }
    }

    [Fact]
    public void A_transposition_that_is_not_asked_for_is_noticed()
    {
        float[] a = Numbers.Uniform(20 * 20, 1);
        float[] b = Numbers.Uniform(20 * 20, 2);
        float[] c = Product(20, 20, 20, a, Transpose.No, b, Transpose.No, null);
        Assert.True(Numbers.RelativeError(Naive(20, 20, 20, a, Transpose.No, b, Transpose.No, null), c) < Tolerance);
        Assert.True(Numbers.RelativeError(Naive(20, 20, 20, a, Transpose.No, b, Transpose.Yes, null), c) > 0.1);
    }

    private static void Check((int Rows, int Columns, int Inner, Transpose TransA, Transpose TransB, bool HasBias) p)
    {
        float[] a = Numbers.Uniform(p.Rows * p.Inner, p.Rows);
        float[] b = Numbers.Uniform(p.Inner * p.Columns, p.Columns);
        float[]? bias = p.HasBias ? Numbers.Uniform(p.Columns, p.Inner) : null;
        float[] c = Product(p.Rows, p.Columns, p.Inner, a, p.TransA, b, p.TransB, bias);
        double[] expected = Naive(p.Rows, p.Columns, p.Inner, a, p.TransA, b, p.TransB, bias);
        double[] terms = Naive(p.Rows, p.Columns, p.Inner, Numbers.Abs(a), p.TransA, Numbers.Abs(b), p.TransB, bias is null ? null : Numbers.Abs(bias));
        Numbers.AssertClose(expected, terms, c, TermTolerance, p.ToString());
    }

    private static float[] Product(
        int rows, int columns, int inner, float[] a, Transpose transA, float[] b, Transpose transB, float[]? bias, int threads = 2) =>
        Outputs.Of(
            rows * columns,
            [a, b, bias ?? []],
            (steps, p, c) => MatrixProduct.Emit(steps, rows, columns, inner, p(0), transA, p(1), transB, bias == null ? null : p(2), c),
            threads);

    private static double[] Naive(int rows, int columns, int inner, float[] a, Transpose transA, float[] b, Transpose transB, float[]? bias)
    {
        double[] c = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double sum = bias?[j] ?? 0;
                for (int k = 0; k < inner; k++)
                {
                    float left = transA == Transpose.No ? a[(i * inner) + k] : a[(k * rows) + i];
                    float right = transB == Transpose.No ? b[(k * columns) + j] : b[(j * inner) + k];
                    sum += (double)left * right;
                }

                c[(i * columns) + j] = sum;
            }
        }

        return c;
    }
}
