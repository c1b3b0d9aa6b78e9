namespace Gimbal.Trainer.Health;

/// <summary>How far a value lies from those before it, in their standard deviations: large for a spike of the loss or of a gradient's norm.</summary>
/// <remarks>Moving averages of mean and variance with a decay of 0.97; source: Kumar and others, "ZClip: adaptive spike mitigation", 2025.</remarks>
public sealed class RunningScore
{
    private const double Decay = 0.97;

    // Fewer values have no deviation to speak of.
    private const int WarmUp = 25;
    private double _mean;
    private double _variance;
    private int _count;

    /// <summary>Scores a value against those before it, and counts it in.</summary>
    /// <returns>Null for the first 25 values, and where the value is not finite, which is not counted.</returns>
    public double? Add(double value)
    {
        if (!double.IsFinite(value))
        {
            return null;
        }

        double offset = value - _mean;
        double? score = _count >= WarmUp && _variance > 0 ? offset / Math.Sqrt(_variance) : null;
        // The first values count evenly, so that the average does not hang on the very first.
        double share = Math.Max(1 - Decay, 1.0 / ++_count);
        _mean += share * offset;
        _variance = (1 - share) * (_variance + (share * offset * offset));
        return score;
    }
}
