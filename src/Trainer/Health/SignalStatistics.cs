namespace Gimbal.Trainer.Health;

/// <summary>What one tensor of a step looked like: an activation, or the gradient of one. A training run looks at the last 32 images of the batch.</summary>
/// <param name="Count">Elements of one image's share: C·H·W.</param>
/// <param name="Rms">Root of the mean square of all elements.</param>
/// <param name="MaxAbs">Largest magnitude.</param>
/// <param name="Zeros">Share of elements that are exactly 0, 0 to 1.</param>
/// <param name="Saturated">Share of elements beyond 0.97 in magnitude, 0 to 1: of use for sigmoid and tanh.</param>
/// <param name="Dead">Share of units (channels of an image, features of a vector) that are 0 in every image looked at, 0 to 1.</param>
/// <param name="NonFinite">Number of elements looked at that are infinite or not a number.</param>
public readonly record struct SignalStatistics(int Count, float Rms, float MaxAbs, float Zeros, float Saturated, float Dead, float NonFinite)
{
    /// <summary>Mean Euclidean norm of one image's share: unlike the RMS, it does not change where an ideal layer halves the extents.</summary>
    public double Norm => Rms * Math.Sqrt(Count);
}
