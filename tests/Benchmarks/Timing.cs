using System.Diagnostics;

namespace Gimbal.Benchmarks;

/// <summary>Times of the steps of several sides, taken in turn in one process so that a noisy moment hits all of them.</summary>
internal static class Timing
{
    /// <summary>Longer than either runtime's idle workers spin, so that they sleep while the other side runs.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(15);

    /// <summary>Runs <paramref name="groups"/> rounds; in each, every side pauses, warms up with one step and is timed for <paramref name="steps"/> steps.</summary>
    /// <returns>One result per side, in order.</returns>
    public static IReadOnlyList<Times> Interleaved(IReadOnlyList<TrainingStep> sides, int groups, int steps)
    {
        List<double>[] milliseconds = [.. sides.Select(_ => new List<double>())];
        float[] losses = new float[sides.Count];
        for (int group = 0; group < groups; group++)
        {
            for (int side = 0; side < sides.Count; side++)
            {
                Thread.Sleep(s_pause);
                sides[side].Run();
                for (int step = 0; step < steps; step++)
                {
                    long start = Stopwatch.GetTimestamp();
                    losses[side] = sides[side].Run();
                    milliseconds[side].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                }
            }
        }

        return [.. sides.Select((side, i) => new Times(side.Name, [.. milliseconds[i].Order()], losses[i]))];
    }
}

/// <summary>What one side took.</summary>
/// <param name="Name">Who ran.</param>
/// <param name="Milliseconds">Every timed step, shortest first.</param>
/// <param name="Loss">Of the last step.</param>
internal sealed record Times(string Name, IReadOnlyList<double> Milliseconds, float Loss)
{
    public double Min => Milliseconds[0];

    public double Median => (Milliseconds[(Milliseconds.Count - 1) / 2] + Milliseconds[Milliseconds.Count / 2]) / 2;
}
