using System.Globalization;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>How a claim stands against what was measured.</summary>
public enum Standing
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It holds in some of the cases.</summary>
    HoldsPartly,

    /// <summary>It does not hold.</summary>
    HoldsNot,
}

/// <summary>A number over several seeds.</summary>
/// <param name="Values">One per seed; a ratio of two gradients that have both vanished is no number.</param>
public sealed record Measured(IReadOnlyList<double> Values)
{
    /// <summary>The middle one of those that are numbers, of an even number the larger of the two: a ratio that varies by decades has no useful mean.</summary>
    public double Median => Vanished == Values.Count ? double.NaN : Numbers.Order().ElementAt((Values.Count - Vanished) / 2);

    /// <summary>Seeds for which there is no ratio: both gradients have vanished.</summary>
    public int Vanished => Values.Count(double.IsNaN);

    /// <summary>Whether a ratio of gradients is one with which networks are known to train, with every seed.</summary>
    internal bool IsSound => Vanished == 0 && Median is > 1 / Thresholds.RatioWarning and < Thresholds.RatioWarning;

    private IEnumerable<double> Numbers => Values.Where(value => !double.IsNaN(value));

    /// <inheritdoc/>
    public override string ToString() => Vanished == Values.Count
        ? "no ratio, both vanished"
        : string.Create(CultureInfo.InvariantCulture, $"{Median:G3} ({Numbers.Min():G2} to {Numbers.Max():G2}{(Vanished == 0 ? "" : $"; both vanished in {Vanished} of {Values.Count}")})");
}

/// <summary>A claim of tutorials, put to the test.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Result">What was measured.</param>
/// <param name="Standing">Whether it holds, by <paramref name="Criterion"/>.</param>
/// <param name="Criterion">When it would hold.</param>
public sealed record LabFinding(string Claim, string Result, Standing Standing, string Criterion)
{
    /// <summary>A claim that several cases bear out, or do not; without a case it does not hold.</summary>
    public static LabFinding Of(string claim, string result, string criterion, params IReadOnlyCollection<bool> cases) => new(
        claim, result, cases.Count > 0 && cases.All(holds => holds) ? Standing.Holds : cases.Any(holds => holds) ? Standing.HoldsPartly : Standing.HoldsNot, criterion);
}

/// <summary>A network that was trained in one way, once per seed.</summary>
/// <param name="Network">What kind of network.</param>
/// <param name="Seen">One per seed.</param>
public sealed record LabRun(string Network, IReadOnlyList<Observation> Seen)
{
    /// <summary>Norm of the gradient at the first hidden layer over that at the last, ahead of the first update.</summary>
    public Measured Ratio => LabBench.Measure(Seen, seen => seen.Ratio);

    /// <summary>The factor per layer that makes <see cref="Ratio"/>.</summary>
    public Measured Gain => LabBench.Measure(Seen, seen => seen.GainOf(seen.Ratio));

    /// <summary>The same ratio of the weights' gradients.</summary>
    public Measured WeightRatio => LabBench.Measure(Seen, seen => seen.WeightRatio);

    /// <summary>Mean loss over the last tenth of the steps; infinite where it is no number.</summary>
    public Measured Loss => LabBench.Measure(Seen, LabBench.LateLoss);
}

/// <summary>A line of a figure.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Points">In order.</param>
public sealed record LabCurve(string Name, IReadOnlyList<(double X, double Y)> Points);

/// <summary>A figure.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Over">What it is shown over.</param>
/// <param name="Curves">Its lines.</param>
public sealed record LabFigure(string Title, string Over, IReadOnlyList<LabCurve> Curves);

/// <summary>What a lab found.</summary>
/// <param name="Findings">Claims, in order.</param>
/// <param name="Figures">Figures, in order.</param>
public sealed record LabReport(IReadOnlyList<LabFinding> Findings, IReadOnlyList<LabFigure> Figures);
