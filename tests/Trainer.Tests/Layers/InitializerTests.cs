using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Layers;

/// <summary>Initializers have the moments of their formulas.</summary>
public sealed class InitializerTests
{
    private static readonly Shape s_filter = new(64, 32, 3, 3);
    private static readonly double s_fanIn = 32 * 9;
    private static readonly double s_fanOut = 64 * 9;

    /// <summary>Name, standard deviation, whether values are bounded by √3 of it.</summary>
    public static TheoryData<string, double, bool> Formulas => new()
    {
        { "uniform", 0.05 / Math.Sqrt(3), true },
        { "uniform:0.2", 0.2 / Math.Sqrt(3), true },
        { "normal", 0.01, false },
        { "normal:0.5", 0.5, false },
        { "xavier-uniform", Math.Sqrt(2 / (s_fanIn + s_fanOut)), true },
        { "xavier-normal", Math.Sqrt(2 / (s_fanIn + s_fanOut)), false },
        { "xavier-normal:2", 2 * Math.Sqrt(2 / (s_fanIn + s_fanOut)), false },
        { "he-uniform", Math.Sqrt(2 / s_fanIn), true },
        { "he-normal", Math.Sqrt(2 / s_fanIn), false },
        { "pytorch", Math.Sqrt(1 / (3 * s_fanIn)), true },
    };

    [Theory]
    [MemberData(nameof(Formulas))]
    public void Mean_deviation_and_bound_are_those_of_the_formula(string text, double deviation, bool bounded)
    {
        float[] values = Fill(text, s_filter);

        double mean = values.Average();
        double actual = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        double largest = values.Max(MathF.Abs);

        // 18,432 draws: the standard error is 0.7 % of the deviation for the mean, 0.5 % for the deviation.
        Assert.InRange(mean, -0.03 * deviation, 0.03 * deviation);
        Assert.InRange(actual, 0.98 * deviation, 1.02 * deviation);
        Assert.Equal(bounded, largest <= Math.Sqrt(3) * deviation * 1.0001);
    }

    [Theory]
    [InlineData(4, 6, 3)]
    [InlineData(6, 4, 5)]
    public void Dirac_filters_pass_a_channel_each_and_the_rest_are_Hes(int filters, int channels, int side)
    {
        Tensor filter = new(new Shape(filters, channels, side, side));
        Tensor he = new(filter.Shape);

        new Dirac(1.5f).Fill(filter, new Philox(1, 2));
        Initializers.HeNormal.Fill(he, new Philox(1, 2));

        int taps = side * side;
        for (int i = 0; i < filter.Shape.Count; i++)
        {
            (int m, int c, int tap) = (i / taps / channels, i / taps % channels, i % taps);
            Assert.Equal(m >= channels ? he.Span[i] : m == c && tap == taps / 2 ? 1.5f : 0, filter.Span[i]);
        }
    }

    [Theory]
    [InlineData(8, 5)]
    [InlineData(5, 8)]
    [InlineData(6, 6)]
    public void Orthogonal_rows_or_columns_are_orthonormal(int rows, int columns)
    {
        float[] matrix = Fill("orthogonal", new Shape(rows, columns));
        bool wide = rows <= columns;
        int count = Math.Min(rows, columns);
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < count; j++)
            {
                double dot = Enumerable.Range(0, Math.Max(rows, columns))
                    .Sum(k => wide ? (double)matrix[(i * columns) + k] * matrix[(j * columns) + k] : (double)matrix[(k * columns) + i] * matrix[(k * columns) + j]);
                // Orthogonalised in fp32 or better.
                Assert.Equal(i == j ? 1 : 0, dot, 1e-5);
            }
        }
    }

    [Fact]
    public void Zeros_are_zeros() => Assert.All(Fill("zeros", s_filter), value => Assert.Equal(0, value));

    [Fact]
    public void Another_stream_draws_other_values() =>
        Assert.NotEqual(Fill("he-normal", s_filter, stream: 1), Fill("he-normal", s_filter, stream: 2));

    [Theory]
    [InlineData("he", "no initializer is called 'he'")]
    [InlineData("zeros:1", "zeros takes no number")]
    [InlineData("normal:-1", "a number of 0 or more follows the colon")]
    [InlineData("normal:NaN", "a number of 0 or more follows the colon")]
    [InlineData("uniform:", "a number of 0 or more follows the colon")]
    public void What_cannot_be_read_is_refused(string text, string says) =>
        Assert.Contains(says, Assert.Throws<FormatException>(() => Initializers.Parse(text)).Message, StringComparison.Ordinal);

    private static float[] Fill(string text, Shape shape, uint stream = 1)
    {
        Tensor tensor = new(shape);
        Initializers.Parse(text).Fill(tensor, new Philox(1, stream));
        return tensor.Span.ToArray();
    }
}
