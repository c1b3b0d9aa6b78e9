using System.Diagnostics;
using System.Runtime;

namespace Gimbal.Cli;

/// <summary>Times of several sides, taken in turn in one process so that a noisy moment hits all of them.</summary>
internal static class InterleavedTiming
{
    /// <summary>Longer than any side's idle workers spin, so that they sleep while another side runs.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    /// <summary>A group of short runs goes on as long, so that a few milliseconds of something else do not make its median.</summary>
    private static readonly TimeSpan s_leastGroup = TimeSpan.FromMilliseconds(60);

    private static readonly TimeSpan s_warmUp = TimeSpan.FromMilliseconds(400);
    private const int MostWarmUps = 12;

    /// <summary>Warms up, then runs <paramref name="groups"/> rounds; in each, every side pauses, makes one run and is timed for <paramref name="runs"/> runs or more.</summary>
    /// <returns>One result per side, in order.</returns>
    public static IReadOnlyList<Times> Measure(IReadOnlyList<Action> sides, int groups, int runs)
    {
        WarmUp(sides);
        List<double>[] milliseconds = [.. sides.Select(_ => new List<double>())];
        for (int group = 0; group < groups; group++)
        {
            for (int side = 0; side < sides.Count; side++)
            {
                Thread.Sleep(s_pause);
                sides[side]();
                long begun = Stopwatch.GetTimestamp();
                for (int run = 0; run < runs || Stopwatch.GetElapsedTime(begun) < s_leastGroup; run++)
                {
                    long start = Stopwatch.GetTimestamp();
                    sides[side]();
                    milliseconds[side].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return [.. milliseconds.Select(times => new Times([.. times.Order()]))];
    }

    // .NET compiles what runs often a second time, on a thread of its own that takes a processor from whoever is timed: until that is over nothing is.
    private static void WarmUp(IReadOnlyList<Action> sides)
    {
        for (int round = 0; round < MostWarmUps; round++)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            foreach (Action side in sides)
            {
                long begun = Stopwatch.GetTimestamp();
                do
                {
                    side();
                }
                while (Stopwatch.GetElapsedTime(begun) < s_warmUp);
            }

            if (round > 0 && JitInfo.GetCompiledMethodCount() == compiled)
            {
                break;
            }
        }
    }
}

/// <summary>What one side took.</summary>
/// <param name="Milliseconds">Every timed run, shortest first.</param>
internal sealed record Times(IReadOnlyList<double> Milliseconds)
{
    public double Min => Milliseconds[0];

    public double Median => (Milliseconds[(Milliseconds.Count - 1) / 2] + Milliseconds[Milliseconds.Count / 2]) / 2;
}
