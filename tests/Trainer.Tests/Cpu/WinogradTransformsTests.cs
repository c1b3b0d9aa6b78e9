using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>The transforms of every instruction set against the matrices that Cook and Toom's construction gives for their points.</summary>
public sealed unsafe class WinogradTransformsTests
{
    // A transformed number is a sum of at most 36 terms whose factors are below 8.
    private const double Tolerance = 2e-6;

    private const int Lanes = 16;
    private const int Tiles = 3;

    private static readonly double[] Points = [0, Math.Sqrt(0.5), -Math.Sqrt(0.5), Math.Sqrt(2), -Math.Sqrt(2)];

    public static TheoryData<int> Sets { get; } = [512, 256, 128, 32];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Transforms_are_those_of_their_points(int bits)
    {
        foreach ((string name, double error) in Errors(bits, Points))
        {
            Assert.True(error < Tolerance, FormattableString.Invariant($"{name}{bits} is off by {error:e2}"));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_point_that_is_wrong_by_a_thousandth_is_noticed(int bits)
    {
        double[] wrong = [.. Points];
        wrong[2] += 0.001;
        foreach ((string name, double error) in Errors(bits, wrong))
        {
            Assert.True(error > 100 * Tolerance, FormattableString.Invariant($"{name}{bits} is off by {error:e2} only"));
        }
    }

    private static WinogradTransforms Set(int bits) => bits switch
    {
        512 => WinogradTransforms512.Set,
        256 => WinogradTransforms256.Set,
        128 => WinogradTransforms128.Set,
        _ => WinogradTransforms32.Set,
    };

    private static IEnumerable<(string Name, double Error)> Errors(int bits, double[] points)
    {
        WinogradTransforms set = Set(bits);
        (double[,] a, double[,] g, double[,] b) = Matrices(points);
        // Tiles stand beside each other; those of pixels overlap by two columns.
        yield return ("Source", Strip(set.Lanes, b, 6, (tiles, from, to) => Source(set, from, to, tiles)));
        yield return ("TargetGradient", Strip(set.Lanes, a, 4, (tiles, from, to) => TargetGradient(set, from, to, tiles)));
        yield return ("Target", Planes(Transposed(a), 6, (from, to) => Target(set, from, to)));
        yield return ("Filter", Planes(g, 3, (from, to) => Filter(set, from, to)));
        yield return ("FilterGradient", Planes(Transposed(g), 6, (from, to) => FilterGradient(set, from, to)));
    }

    private static void Source(WinogradTransforms set, float[] from, float[] to, int tiles)
    {
        fixed (float* f = from, t = to)
        {
            set.Source(f, from.Length / 6, set.Lanes, tiles, t, tiles * set.Lanes, set.Lanes);
        }
    }

    private static void TargetGradient(WinogradTransforms set, float[] from, float[] to, int tiles)
    {
        fixed (float* f = from, t = to)
        {
            set.TargetGradient(f, from.Length / 4, set.Lanes, tiles, t, tiles * set.Lanes, set.Lanes);
        }
    }

    // The output strip of one tile is 4 rows of 4 pixels.
    private static void Target(WinogradTransforms set, float[] from, float[] to)
    {
        fixed (float* f = from, t = to)
        {
            for (int lane = 0; lane < Lanes; lane += set.Lanes)
            {
                set.Target(f + lane, Lanes, Lanes, 1, t + lane, 4 * Lanes, Lanes);
            }
        }
    }

    private static void Filter(WinogradTransforms set, float[] from, float[] to)
    {
        fixed (float* f = from, t = to)
        {
            set.Filter(f, Lanes, Lanes, t, Lanes);
        }
    }

    private static void FilterGradient(WinogradTransforms set, float[] from, float[] to)
    {
        fixed (float* f = from, t = to)
        {
            set.FilterGradient(f, Lanes, Lanes, t, Lanes);
        }
    }

    // matrix·(block of size x size)·matrixᵀ for each of a few tiles whose strips begin 4 pixels apart, as the definition and as the kernel has it.
    private static double Strip(int lanes, double[,] matrix, int size, Action<int, float[], float[]> kernel)
    {
        int columns = size + (4 * (Tiles - 1));
        float[] strip = Numbers.Uniform(size * columns * lanes, 3);
        float[] planes = new float[36 * Tiles * lanes];
        double[] expected = new double[planes.Length];
        for (int tile = 0; tile < Tiles; tile++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                (int first, int l) = (4 * tile, lane);
                Apply(matrix, (i, j) => strip[(((i * columns) + first + j) * lanes) + l], (i, j, value) =>
                    expected[(((((6 * i) + j) * Tiles) + (first / 4)) * lanes) + l] = value);
            }
        }

        kernel(Tiles, strip, planes);
        return Numbers.RelativeError(expected, planes);
    }

    private static double Planes(double[,] matrix, int size, Action<float[], float[]> kernel)
    {
        int results = matrix.GetLength(0);
        float[] from = Numbers.Uniform(size * size * Lanes, 4);
        float[] to = new float[results * results * Lanes];
        double[] expected = new double[to.Length];
        for (int lane = 0; lane < Lanes; lane++)
        {
            int l = lane;
            Apply(matrix, (i, j) => from[(((i * size) + j) * Lanes) + l], (i, j, value) => expected[(((i * results) + j) * Lanes) + l] = value);
        }

        kernel(from, to);
        return Numbers.RelativeError(expected, to);
    }

    private static void Apply(double[,] matrix, Func<int, int, double> block, Action<int, int, double> result)
    {
        (int rows, int size) = (matrix.GetLength(0), matrix.GetLength(1));
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < rows; j++)
            {
                double sum = 0;
                for (int k = 0; k < size * size; k++)
                {
                    sum += matrix[i, k / size] * block(k / size, k % size) * matrix[j, k % size];
                }

                result(i, j, sum);
            }
        }
    }

    private static double[,] Transposed(double[,] matrix)
    {
        double[,] transposed = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
            {
                transposed[j, i] = matrix[i, j];
            }
        }

        return transposed;
    }

    // A [6, 4], G [6, 3] and Bᵀ [6, 6]: polynomials evaluated at the points, and the products of (x - point) of the others.
    private static (double[,] A, double[,] G, double[,] B) Matrices(double[] points)
    {
        (double[,] a, double[,] g, double[,] b) = (new double[6, 4], new double[6, 3], new double[6, 6]);
        for (int i = 0; i < 5; i++)
        {
            double[] others = [.. points.Where((_, j) => j != i)];
            double scale = others.Aggregate(1.0, (product, other) => product * (points[i] - other));
            for (int k = 0; k < 4; k++)
            {
                a[i, k] = Math.Pow(points[i], k);
            }

            for (int k = 0; k < 3; k++)
            {
                g[i, k] = Math.Pow(points[i], k) / scale;
            }

            Fill(b, i, others);
        }

        (a[5, 3], g[5, 2]) = (1, 1);
        Fill(b, 5, points);
        return (a, g, b);
    }

    // Coefficients of the product of (x - root), lowest first.
    private static void Fill(double[,] matrix, int row, double[] roots)
    {
        matrix[row, 0] = 1;
        for (int n = 0; n < roots.Length; n++)
        {
            for (int k = n + 1; k >= 0; k--)
            {
                matrix[row, k] = (k == 0 ? 0 : matrix[row, k - 1]) - (roots[n] * matrix[row, k]);
            }
        }
    }
}
