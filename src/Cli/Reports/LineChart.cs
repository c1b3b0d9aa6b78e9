using System.Globalization;
using System.Xml.Linq;

namespace Gimbal.Cli.Reports;

/// <summary>What the numbers of an axis are.</summary>
internal enum Scale
{
    /// <summary>Numbers on a linear axis.</summary>
    Linear,

    /// <summary>Numbers on a logarithmic axis where they span more than two decades and are above 0, else on a linear one.</summary>
    Wide,

    /// <summary>Shares of 1, shown in percent.</summary>
    Share,
}

/// <summary>One line of a chart.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Points">Epoch, layer or step and value; values that are not finite leave a gap.</param>
internal sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>Lines over epochs, layers or steps as inline SVG whose colours come from the page's style sheet, so that they follow its colour scheme.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Scale">The vertical axis.</param>
/// <param name="Lines">One or more.</param>
internal sealed record LineChart(string Title, Scale Scale, IReadOnlyList<Line> Lines)
{
    private const double Width = 360;
    private const double Height = 220;
    private const double Left = 48;
    private const double Right = 10;
    private const double Top = 10;
    private const double Bottom = 26;
    private const int Ticks = 5;
    private const int Colours = 6;
    private const int MostDots = 40;
    private const double WideRange = 100;

    /// <summary>What the horizontal axis counts.</summary>
    public string Across { get; init; } = "epoch";

    /// <summary>The chart with its caption and legend; null where no line has a finite point.</summary>
    public XElement? Render()
    {
        (double X, double Y)[] points = [.. Lines.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Y))];
        if (points.Length == 0)
        {
            return null;
        }

        bool isLogarithmic = Scale == Scale.Wide && points.All(p => p.Y > 0) && points.Max(p => p.Y) > WideRange * points.Min(p => p.Y);
        Axis across = Axis.Linear(points.Min(p => p.X), points.Max(p => p.X), Ticks, isWhole: true);
        Axis up = isLogarithmic ? Axis.Logarithmic(points.Min(p => p.Y), points.Max(p => p.Y)) : Axis.Linear(points.Min(p => p.Y), points.Max(p => p.Y), Ticks);
        return new XElement("figure",
            new XAttribute("class", "chart"),
            new XElement("figcaption", Title, Note(isLogarithmic) is { Length: > 0 } note ? new XElement("small", $" {note}") : null),
            new XElement("svg",
                new XAttribute("viewBox", FormattableString.Invariant($"0 0 {Width} {Height}")),
                new XAttribute("role", "img"),
                new XAttribute("aria-label", Description()),
                Grid(across, up),
                Lines.Select((line, i) => Draw(line, i, across, up))),
            new XElement("ul", new XAttribute("class", "legend"), Lines.Select(Legend)));
    }

    private string Note(bool isLogarithmic) => string.Join(", ", ((string?[])[Across == "epoch" ? null : $"by {Across}", isLogarithmic ? "logarithmic" : null]).OfType<string>());

    private static double X(Axis across, double value) => Left + (across.Place(value) * (Width - Left - Right));

    private static double Y(Axis up, double value) => Height - Bottom - (up.Place(value) * (Height - Top - Bottom));

    private static string Number(double coordinate) => coordinate.ToString("0.##", CultureInfo.InvariantCulture);

    private static string ClassOf(int line) => FormattableString.Invariant($"line c{line % Colours} d{line / Colours % 3}");

    private static XElement Text(double x, double y, string anchor, string text) => new("text",
        new XAttribute("x", Number(x)), new XAttribute("y", Number(y)), new XAttribute("text-anchor", anchor), text);

    private static XElement Rule(double x1, double y1, double x2, double y2) => new("line",
        new XAttribute("x1", Number(x1)), new XAttribute("y1", Number(y1)), new XAttribute("x2", Number(x2)), new XAttribute("y2", Number(y2)));

    private static XElement Draw(Line line, int index, Axis across, Axis up)
    {
        List<List<(double X, double Y)>> pieces = [[]];
        foreach ((double x, double y) in line.Points)
        {
            if (double.IsFinite(y))
            {
                pieces[^1].Add((X(across, x), Y(up, y)));
            }
            else if (pieces[^1].Count > 0)
            {
                pieces.Add([]);
            }
        }

        bool hasDots = line.Points.Count <= MostDots;
        return new XElement("g",
            new XAttribute("class", ClassOf(index)),
            pieces.Where(piece => piece.Count > 1).Select(piece => new XElement("polyline",
                new XAttribute("points", string.Join(' ', piece.Select(p => $"{Number(p.X)},{Number(p.Y)}"))))),
            pieces.SelectMany(piece => hasDots || piece.Count == 1 ? piece : []).Select(p => new XElement("circle",
                new XAttribute("cx", Number(p.X)), new XAttribute("cy", Number(p.Y)), new XAttribute("r", "2"))));
    }

    private XElement Grid(Axis across, Axis up) => new("g",
        new XAttribute("class", "grid"),
        up.Ticks.Select(tick => (XElement[])[Rule(Left, Y(up, tick), Width - Right, Y(up, tick)), Text(Left - 6, Y(up, tick) + 4, "end", Print(tick))]),
        across.Ticks.Select(tick => Text(X(across, tick), Height - 8, "middle", Number(tick))));

    private XElement Legend(Line line, int index) => new("li",
        new XElement("svg", new XAttribute("viewBox", "0 0 24 8"), new XAttribute("aria-hidden", "true"), new XAttribute("class", ClassOf(index)), Rule(0, 4, 24, 4)),
        new XElement("span", line.Name, " ", new XElement("b", line.Points.Count == 0 ? "none" : Print(line.Points[^1].Y))));

    private string Description() => $"{Title}. " + string.Join("; ", Lines.Where(line => line.Points.Count > 0).Select(line =>
        $"{line.Name} from {Print(line.Points[0].Y)} at {Across} {Number(line.Points[0].X)} to {Print(line.Points[^1].Y)} at {Across} {Number(line.Points[^1].X)}"));

    private string Print(double value) => Scale == Scale.Share ? Figures.Percent(value) : Figures.Short(value);
}
