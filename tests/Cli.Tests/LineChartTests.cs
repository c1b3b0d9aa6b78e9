using System.Globalization;
using System.Xml.Linq;
using Gimbal.Cli.Reports;

namespace Gimbal.Cli.Tests;

/// <summary>Where a chart puts its points and what it says of them.</summary>
public sealed class LineChartTests
{
    // Of the drawing: 360 by 220, with the axes' margins left.
    private const double Left = 48;
    private const double Right = 350;
    private const double Top = 10;
    private const double Bottom = 194;

    [Fact]
    public void Points_lie_where_their_values_are_between_round_marks()
    {
        XElement chart = Draw(Scale.Linear, (1, 0), (2, 5), (3, 10));

        Assert.Equal([(Left, Bottom), ((Left + Right) / 2, (Top + Bottom) / 2), (Right, Top)], Points(chart).Single());
        Assert.Equal(["0", "2", "4", "6", "8", "10"], Marks(chart, "end"));
        Assert.Equal(["1", "2", "3"], Marks(chart, "middle"));
        Assert.Contains("line from 0 at epoch 1 to 10 at epoch 3", (string)chart.Descendants("svg").First().Attribute("aria-label")!, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_over_more_than_two_decades_get_a_logarithmic_axis()
    {
        XElement chart = Draw(Scale.Wide, (1, 100), (2, 1), (3, 0.1));

        // 0.1 to 100 are three decades; coordinates have two decimals.
        double[] expected = [Top, Bottom - ((Bottom - Top) / 3), Bottom];
        Assert.All(Points(chart).Single().Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Y, 0.005));
        Assert.Equal(["0.1", "1", "10", "100"], Marks(chart, "end"));
        // Not so where a value is 0.
        Assert.Equal(["0", "50", "100", "150"], Marks(Draw(Scale.Wide, (1, 100), (2, 0), (3, 150)), "end"));
    }

    [Fact]
    public void A_value_that_is_not_finite_leaves_a_gap()
    {
        XElement chart = Draw(Scale.Linear, (1, 1), (2, 2), (3, double.NaN), (4, 3), (5, double.PositiveInfinity), (6, 1), (7, 2));

        Assert.Equal([2, 2], Points(chart).Select(piece => piece.Count));
        Assert.Equal(5, chart.Descendants("circle").Count());
        Assert.Null(new LineChart("Nothing", Scale.Linear, [new Line("line", [(1, double.NaN)])]).Render());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1e-8)]
    [InlineData(-3)]
    public void One_epoch_and_one_value_lie_in_the_middle(double value)
    {
        XElement chart = Draw(Scale.Linear, (1, value));

        XElement dot = chart.Descendants("circle").Single();
        Assert.Equal(((Left + Right) / 2, (Top + Bottom) / 2), (Coordinate(dot, "cx"), Coordinate(dot, "cy")));
        Assert.Equal([Figures.Short(value)], Marks(chart, "end"));
    }

    [Fact]
    public void Shares_are_in_percent_and_long_lines_without_dots()
    {
        XElement chart = Draw(Scale.Share, [.. Enumerable.Range(1, 200).Select(i => ((double)i, i / 200.0))]);

        Assert.Equal("100\u00a0%", Marks(chart, "end").Last());
        Assert.Empty(chart.Descendants("circle"));
        Assert.Equal(200, Points(chart).Single().Count);
    }

    [Theory]
    [InlineData(0.12345, "0.1235")]
    [InlineData(2.26612, "2.266")]
    [InlineData(4e-8, "4e-8")]
    [InlineData(1234567, "1.2e+6")]
    [InlineData(double.NaN, "not finite")]
    public void Numbers_are_short(double value, string text) => Assert.Equal(text, Figures.Short(value));

    private static XElement Draw(Scale scale, params (double X, double Y)[] points) => new LineChart("Chart", scale, [new Line("line", points)]).Render()!;

    private static IEnumerable<string> Marks(XElement chart, string anchor) =>
        chart.Descendants("text").Where(text => (string?)text.Attribute("text-anchor") == anchor).Select(text => text.Value);

    private static double Coordinate(XElement element, string name) => double.Parse((string)element.Attribute(name)!, CultureInfo.InvariantCulture);

    private static IEnumerable<IReadOnlyList<(double X, double Y)>> Points(XElement chart) => chart.Descendants("polyline").Select(line =>
        (IReadOnlyList<(double, double)>)[.. ((string)line.Attribute("points")!).Split(' ').Select(point => point.Split(','))
            .Select(point => (double.Parse(point[0], CultureInfo.InvariantCulture), double.Parse(point[1], CultureInfo.InvariantCulture)))]);
}
