namespace Gimbal.Trainer.Optimizers;

/// <summary>Learning rate as a function of the step, with a linear warm-up in front.</summary>
/// <param name="Rate">The rate the schedule is about: constant, first, or for one-cycle the highest.</param>
/// <param name="WarmupSteps">Steps over which the rate rises in a straight line from 0; the last of them is just below the schedule's own first rate.</param>
public abstract record Schedule(double Rate, long WarmupSteps)
{
    /// <summary>The rate of step <paramref name="step"/>, counted from 0.</summary>
    public double At(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        return step < WarmupSteps ? AfterWarmup(0) * (step + 1) / (WarmupSteps + 1) : AfterWarmup(step - WarmupSteps);
    }

    /// <summary>The rate <paramref name="step"/> steps after the warm-up.</summary>
    protected abstract double AfterWarmup(long step);
}

/// <summary>Always the same.</summary>
/// <inheritdoc cref="Schedule"/>
public sealed record ConstantSchedule(double Rate, long WarmupSteps = 0) : Schedule(Rate, WarmupSteps)
{
    /// <inheritdoc/>
    protected override double AfterWarmup(long step) => Rate;
}

/// <summary>Multiplied by Gamma every Period steps, counted without the warm-up. PyTorch's <c>StepLR</c>.</summary>
/// <param name="Rate">First rate.</param>
/// <param name="Period">Steps between drops, 1 or more.</param>
/// <param name="Gamma">Factor of each drop.</param>
/// <param name="WarmupSteps">Steps of linear warm-up.</param>
public sealed record StepSchedule(double Rate, long Period, double Gamma = 0.1, long WarmupSteps = 0) : Schedule(Rate, WarmupSteps)
{
    /// <inheritdoc/>
    protected override double AfterWarmup(long step) => Rate * Math.Pow(Gamma, step / Period);
}

/// <summary>Half a cosine from Rate down to Floor: Floor + (Rate − Floor)(1 + cos(πt/T))/2, then Floor (Loshchilov and Hutter 2017, without restarts).</summary>
/// <param name="Rate">First rate.</param>
/// <param name="TotalSteps">T, the warm-up included.</param>
/// <param name="Floor">Last rate.</param>
/// <param name="WarmupSteps">Steps of linear warm-up.</param>
public sealed record CosineSchedule(double Rate, long TotalSteps, double Floor = 0, long WarmupSteps = 0) : Schedule(Rate, WarmupSteps)
{
    /// <inheritdoc/>
    protected override double AfterWarmup(long step) =>
        Floor + ((Rate - Floor) * (1 + Math.Cos(Math.PI * Math.Min(1, step / Math.Max(1.0, TotalSteps - WarmupSteps)))) / 2);
}

/// <summary>One cycle (Smith and Topin 2018) as PyTorch's <c>OneCycleLR</c>: cosine from Rate/25 up to Rate over 30 % of the steps, then down to Rate/250,000. Momentum is left alone.</summary>
/// <param name="Rate">Highest rate.</param>
/// <param name="TotalSteps">Length of the cycle with the warm-up.</param>
/// <param name="WarmupSteps">Steps of linear warm-up in front of the cycle.</param>
public sealed record OneCycleSchedule(double Rate, long TotalSteps, long WarmupSteps = 0) : Schedule(Rate, WarmupSteps)
{
    private const double RisingShare = 0.3;
    private const double FirstDivisor = 25;
    private const double LastDivisor = 1e4;

    /// <inheritdoc/>
    protected override double AfterWarmup(long step)
    {
        double total = Math.Max(1, TotalSteps - WarmupSteps);
        double peak = (RisingShare * total) - 1;
        double first = Rate / FirstDivisor;
        return step <= peak
            ? Between(first, Rate, step / peak)
            : Between(Rate, first / LastDivisor, Math.Min(1, (step - peak) / (total - 1 - peak)));
    }

    private static double Between(double from, double to, double share) => to + ((from - to) / 2 * (1 + Math.Cos(Math.PI * share)));
}
