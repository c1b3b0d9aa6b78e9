namespace Gimbal.Cli.Reports;

/// <summary>Where values lie between the ends of a chart, and which of them are marked.</summary>
/// <param name="Place">Position of a value: 0 at the low end, 1 at the high end.</param>
/// <param name="Ticks">Marked values.</param>
internal sealed record Axis(Func<double, double> Place, IReadOnlyList<double> Ticks)
{
    // A line of one value gets an axis of this width, so that it lies in the middle.
    private const double LeastWidth = 1e-9;

    /// <summary>An axis with round marks that covers a range.</summary>
    /// <param name="least">Smallest value.</param>
    /// <param name="most">Largest value.</param>
    /// <param name="ticks">About how many marks.</param>
    /// <param name="isWhole">Whether marks are whole numbers and the axis ends with the values, not with a mark.</param>
    public static Axis Linear(double least, double most, int ticks, bool isWhole = false)
    {
        if (most - least <= LeastWidth * Math.Max(Math.Abs(least), Math.Abs(most)))
        {
            double room = isWhole ? 1 : Math.Max(Math.Abs(least) / 2, LeastWidth);
            return new Axis(value => 0.5 + ((value - least) / (2 * room)), [least]);
        }

        double step = RoundStep((most - least) / ticks);
        step = isWhole ? Math.Max(1, Math.Round(step)) : step;
        (double first, double last) = isWhole ? (Math.Ceiling(least / step), Math.Floor(most / step)) : (Math.Floor(least / step), Math.Ceiling(most / step));
        double[] marks = [.. Enumerable.Range(0, (int)(last - first) + 1).Select(i => (first + i) * step)];
        (double low, double high) = isWhole ? (least, most) : (marks[0], marks[^1]);
        return new Axis(value => (value - low) / (high - low), marks);
    }

    /// <summary>A logarithmic axis with powers of ten as marks; values are above 0.</summary>
    public static Axis Logarithmic(double least, double most)
    {
        int first = (int)Math.Floor(Math.Log10(least));
        int last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(most)));
        int step = 1 + ((last - first) / 6);
        return new Axis(value => (Math.Log10(value) - first) / (last - first), [.. Enumerable.Range(first, last - first + 1).Where(i => (i - first) % step == 0).Select(i => Math.Pow(10, i))]);
    }

    // 1, 2 or 5 times a power of ten, the nearest above.
    private static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        double[] round = [1, 2, 5];
        return power * round.FirstOrDefault(factor => step <= factor * power, 10);
    }
}
