namespace Gimbal.SideBySide;

/// <summary>Whether two sides that started from the same weights and trained on the same batch did the same work.</summary>
/// <remarks>
/// The first loss is the forward pass alone and must agree to 1e-4 of itself. Every later one hangs on gradients and updates: it must agree to 2 % of what the rival's
/// loss moved since the first, on top. Rounding, amplified over a few steps, stays far below; a wrong gradient or learning rate moves the loss elsewhere.
/// </remarks>
public static class LossAgreement
{
    /// <summary>Steps on one batch that tell.</summary>
    public const int Steps = 4;

    private const float Forward = 1e-4f;
    private const float ShareOfMove = 0.02f;
    private const float LeastMove = 1e-3f;

    /// <summary>What is wrong, in one line; null where the sides agree.</summary>
    /// <param name="ours">Losses of the steps, in order.</param>
    /// <param name="rival">As many losses of the other side.</param>
    public static string? Objection(IReadOnlyList<float> ours, IReadOnlyList<float> rival)
    {
        ArgumentNullException.ThrowIfNull(ours);
        ArgumentNullException.ThrowIfNull(rival);
        float allowed = Forward * Math.Max(1, Math.Abs(rival[0]));
        for (int step = 0; step < rival.Count; step++)
        {
            float tolerance = allowed + (ShareOfMove * Math.Abs(rival[step] - rival[0]));
            // Written so that NaN on either side is an objection.
            if (!(Math.Abs(ours[step] - rival[step]) <= tolerance))
            {
                return FormattableString.Invariant($"the sides do not compute the same: loss {ours[step]:0.00000} and {rival[step]:0.00000} at step {step + 1} (allowed difference {tolerance:0.0e+0})");
            }
        }

        return Math.Abs(rival[^1] - rival[0]) < LeastMove
            ? FormattableString.Invariant($"the loss does not move ({rival[0]:0.00000} to {rival[^1]:0.00000}), which tells nothing about gradients and updates")
            : null;
    }
}
