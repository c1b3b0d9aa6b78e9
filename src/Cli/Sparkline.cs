namespace Gimbal.Cli;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Plain = "_.-:=+*#";

    /// <summary>Draws values from the lowest to the highest of them; what is not finite is left blank.</summary>
    /// <param name="values">In order; neighbours are averaged where there are more than fit.</param>
    /// <param name="width">Most characters, 1 or more.</param>
    /// <param name="hasUnicode">Whether the terminal shows block characters.</param>
    public static string Of(IReadOnlyList<double> values, int width, bool hasUnicode = true)
    {
        string levels = hasUnicode ? Blocks : Plain;
        int count = Math.Min(width, values.Count);
        double[] means = [.. Enumerable.Range(0, count).Select(i => Mean(values, i * values.Count / count, (i + 1) * values.Count / count))];
        double[] finite = [.. means.Where(double.IsFinite)];
        if (finite.Length == 0)
        {
            return new string(' ', count);
        }

        double low = finite.Min();
        double range = finite.Max() - low;
        return string.Concat(means.Select(mean =>
            !double.IsFinite(mean) ? ' ' : range == 0 ? levels[0] : levels[Math.Min(levels.Length - 1, (int)((mean - low) / range * levels.Length))]));
    }

    private static double Mean(IReadOnlyList<double> values, int from, int to)
    {
        double sum = 0;
        for (int i = from; i < to; i++)
        {
            sum += values[i];
        }

        return sum / (to - from);
    }
}
