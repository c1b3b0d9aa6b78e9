using System.Diagnostics;

namespace Gimbal.Cli;

/// <summary>Times of several sides, taken in turn in one process so that a noisy moment hits all of them.</summary>
internal static class InterleavedTiming
{
    /// <summary>Longer than any side's idle workers spin, so that they sleep while another side runs.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(15);

    /// <summary>Runs <paramref name="groups"/> rounds; in each, every side pauses, warms up with one run and is timed for <paramref name="runs"/> runs.</summary>
    /// <returns>One result per side, in order.</returns>
    public static IReadOnlyList<Times> Measure(IReadOnlyList<Action> sides, int groups, int runs)
    {
        List<double>[] milliseconds = [.. sides.Select(_ => new List<double>())];
        for (int group = 0; group < groups; group++)
        {
            for (int side = 0; side < sides.Count; side++)
            {
                Thread.Sleep(s_pause);
                sides[side]();
                for (int run = 0; run < runs; run++)
                {
                    long start = Stopwatch.GetTimestamp();
                    sides[side]();
                    milliseconds[side].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return [.. milliseconds.Select(times => new Times([.. times.Order()]))];
    }
}

/// <summary>What one side took.</summary>
/// <param name="Milliseconds">Every timed run, shortest first.</param>
internal sealed record Times(IReadOnlyList<double> Milliseconds)
{
    public double Min => Milliseconds[0];

    public double Median => (Milliseconds[(Milliseconds.Count - 1) / 2] + Milliseconds[Milliseconds.Count / 2]) / 2;
}
