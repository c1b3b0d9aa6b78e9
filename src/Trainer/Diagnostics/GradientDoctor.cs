using System.Globalization;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What the doctor looks at.</summary>
public enum Instrument
{
    /// <summary>Activations and the gradients that arrive at them.</summary>
    Signals,

    /// <summary>The gradients of the weights alone, as most tools show them: for comparison.</summary>
    WeightGradients,
}

/// <summary>Finds out what ails a network from how its signals look at the start and how it takes its first steps.</summary>
/// <param name="instrument">What is looked at.</param>
public sealed class GradientDoctor(Instrument instrument = Instrument.Signals)
{
    /// <summary>Examines a network.</summary>
    public Diagnosis Examine(Observation seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        bool seesSignals = instrument == Instrument.Signals;
        double ratio = seesSignals ? seen.Ratio : seen.WeightRatio;
        return (seesSignals ? NonFiniteAtStart(seen) ?? ConstantInput(seen) : null)
            ?? Zeros(seen, ratio)
            ?? (seesSignals ? Saturated(seen, ratio) ?? Dead(seen, ratio, seen.Readings[0]) : null)
            ?? Backward(seen, ratio)
            ?? Forward(seen, ratio)
            ?? Diverged(seen, ratio)
            ?? (seesSignals ? Dead(seen, ratio, seen.Readings[^1]) : null)
            ?? Overshooting(seen, ratio)
            ?? Clipped(seen, ratio)
            ?? Slow(seen, ratio)
            ?? Sound(seen, ratio);
    }

    private static Diagnosis? NonFiniteAtStart(Observation seen)
    {
        HealthReading start = seen.Readings[0];
        if (float.IsFinite(start.Loss) && start.Layers.All(layer => layer.Activation.NonFinite == 0))
        {
            return null;
        }

        int first = start.Layers.ToList().FindIndex(layer => layer.Activation.NonFinite > 0);
        // Finite weights and images cannot overflow in a single layer.
        bool isInput = first == 0 && double.IsFinite(start.Layers[0].WeightNorm) && start.Layers[0].WeightNorm < 1e15;
        string layer = first < 0 ? "the loss" : start.Layers[first].Layer;
        return isInput
            ? new(Verdict.NonFinite, Severity.Critical, Cause.NonFiniteInput, layer, seen.Ratio, 1, $"{Text(start.Layers[0].Activation.NonFinite)} values of the first layer are infinite or not a number ahead of any update", "the images hold such values", "", new("look for damaged images, and for a division by zero where they are normalised"))
            : ByScale(seen, Verdict.Exploding, Severity.Critical, layer, seen.Ratio, $"values overflow in {layer} ahead of any update");
    }

    private static Diagnosis? ConstantInput(Observation seen)
    {
        LayerHealth first = seen.Readings[0].Layers[0];
        return first.WeightGradientNorm == 0 && first.Gradient.Norm > 0 && first.WeightNorm > 0
            ? new(Verdict.Dead, Severity.Critical, Cause.ConstantInput, "images", seen.Ratio, 1, "a gradient arrives at the first layer and none at its weight", "the images are all the same, so that nothing is left of them once their mean is taken away", "", new("look at the images: what is normalised is 0 everywhere"))
            : null;
    }

    private static Diagnosis? Zeros(Observation seen, double ratio)
    {
        // A last layer, or the last of each residual branch, that begins at 0 is a good beginning: the first steps move it. Hidden layers that all do stay alike.
        IReadOnlyList<LayerHealth> last = seen.Readings[^1].Layers;
        bool isSymmetric = seen.Hidden > 0 && seen.Facts.Layers.Take(seen.Hidden).All(layer => layer.Deviation == 0);
        LayerFacts? zero = seen.Facts.Layers
            .Where((layer, i) => layer.Deviation == 0 && (isSymmetric || last[i] is { WeightNorm: 0, WeightGradientNorm: 0 }))
            .FirstOrDefault();
        return zero is null
            ? null
            : new(Verdict.Vanishing, Severity.Critical, Cause.ZeroInit, zero.Layer, ratio, 0, $"every weight of {zero.Layer} is 0", "no gradient passes a weight of 0, and units that start alike stay alike", "Goodfellow et al. 2016, section 8.4: initial weights must break the symmetry between units", Remedies.Init(seen));
    }

    private static Diagnosis? Saturated(Observation seen, double ratio)
    {
        (LayerFacts Facts, LayerHealth Health)[] bent = [.. Hidden(seen, seen.Readings[0]).Where(layer => layer.Facts.Bend is Bend.Sigmoid or Bend.Tanh)];
        if (bent.Length == 0 || bent.MaxBy(layer => layer.Health.Activation.Saturated) is not { Health.Activation.Saturated: > (float)Thresholds.SaturatedWarning } worst)
        {
            return null;
        }

        double share = worst.Health.Activation.Saturated;
        // At the start weights are to blame; the first layer with such weights is the culprit.
        return new(
            Verdict.Saturated,
            share > Thresholds.SaturatedCritical ? Severity.Critical : Severity.Warning,
            Cause.InitTooLarge,
            worst.Facts.Layer,
            ratio,
            seen.GainOf(ratio),
            $"{Percent(share)} of the values behind {worst.Facts.Layer} lie beyond 0.97",
            $"its weights are {Text(worst.Facts.Deviation * Math.Sqrt(worst.Facts.FanIn))} times as large as those that keep a signal's size",
            "Glorot and Bengio 2010: units at the flat end of their function pass no gradient",
            Remedies.Init(seen));
    }

    private static Diagnosis? Dead(Observation seen, double ratio, HealthReading reading)
    {
        bool isStart = reading == seen.Readings[0];
        bool isInitial = isStart && !seen.IsUnderway;
        (LayerFacts Facts, LayerHealth Health)[] rectified = [.. Hidden(seen, reading).Where(layer => layer.Facts.Bend == Bend.Rectifier)];
        if (rectified.Length == 0 || rectified.MaxBy(layer => layer.Health.Activation.Dead) is not { Health.Activation.Dead: > (float)Thresholds.DeadWarning } worst)
        {
            return null;
        }

        // What is 0 because nothing arrives is another matter: the layer in front of it is to blame.
        (LayerFacts Facts, LayerHealth Health) first = rectified.First(layer => layer.Health.Activation.Dead > Thresholds.DeadWarning);
        double share = worst.Health.Activation.Dead;
        return new(
            Verdict.Dead,
            // A network whose living units learn is not lost.
            share > Thresholds.DeadCritical && LateLoss(seen) > Thresholds.LearningLoss * seen.Losses[0] ? Severity.Critical : Severity.Warning,
            isInitial ? Cause.DeadAtStart : Cause.LearningRateTooHigh,
            first.Facts.Layer,
            ratio,
            seen.GainOf(ratio),
            $"{Percent(share)} of the units behind {worst.Facts.Layer} are 0 for every image{(isInitial ? " ahead of any update" : isStart ? " where the run stands" : $" after {reading.Step} steps")}",
            isInitial ? "their sums lie below 0 whatever the image: a bias far below 0, or weights that are nearly all negative" : "a step too large has pushed their sums below 0, where a ReLU passes no gradient that could bring them back",
            "cs231n: \"as much as 40 % of your network can be dead\" where the learning rate is too high",
            isInitial ? new("let biases start at 0, or take a leaky ReLU") : Remedies.SlowerAnew(seen));
    }

    private static Diagnosis? Backward(Observation seen, double ratio)
    {
        if (double.IsNaN(ratio))
        {
            return ByScale(seen, Verdict.Vanishing, Severity.Critical, null, ratio, $"no gradient is left: 0 at the first of {seen.Hidden} hidden layers and 0 at the last");
        }

        double distance = Math.Max(ratio, 1 / ratio);
        if (!(distance > Thresholds.RatioWarning))
        {
            return null;
        }

        bool isVanishing = ratio < 1;
        Verdict verdict = isVanishing ? Verdict.Vanishing : Verdict.Exploding;
        double critical = ScaleCause.Of(seen, verdict).Cause == Cause.BatchNormWithoutSkips ? Thresholds.NormalizedRatioCritical : Thresholds.RatioCritical;
        return ByScale(
            seen,
            verdict,
            distance > critical ? Severity.Critical : Severity.Warning,
            null,
            ratio,
            $"the gradient {(isVanishing ? "shrinks" : "grows")} to {Text(ratio)} of its size on its way through {seen.Hidden} hidden layers, {Text(seen.GainOf(ratio))} per layer");
    }

    private static Diagnosis? Forward(Observation seen, double ratio)
    {
        double factor = seen.Losses[0] / Math.Log(seen.Facts.Classes);
        return factor > Thresholds.FirstLossWarning
            ? ByScale(seen, Verdict.Exploding, factor > Thresholds.FirstLossCritical ? Severity.Critical : Severity.Warning, seen.Facts.Layers[^1].Layer, ratio, $"the first loss is {Text(seen.Losses[0])}, {Text(factor)} times that of guessing: the logits are too large")
            : null;
    }

    private static Diagnosis? Diverged(Observation seen, double ratio)
    {
        double early = Math.Max(seen.Losses[0], Math.Log(seen.Facts.Classes));
        double late = LateLoss(seen);
        int broken = Math.Max(seen.Losses.ToList().FindIndex(loss => !float.IsFinite(loss)), seen.Norms.ToList().FindIndex(norm => !float.IsFinite(norm)));
        return broken >= 0 ? TooFast(seen, ratio, Severity.Critical, $"loss or gradient is no number after {broken} steps")
            : late >= Thresholds.LossGrowth * early ? TooFast(seen, ratio, Severity.Critical, $"the loss goes from {Text(seen.Losses[0])} to {Text(late)} in {seen.Losses.Count} steps")
            : null;
    }

    private static Diagnosis? Overshooting(Observation seen, double ratio)
    {
        double update = seen.Readings.Max(MedianUpdate);
        return update > Thresholds.UpdateTooLarge ? TooFast(seen, ratio, Severity.Warning, $"an update is {Text(update)} of the size of the weights it changes") : null;
    }

    private static Diagnosis TooFast(Observation seen, double ratio, Severity severity, string finding) => new(
        Verdict.Unstable, severity, Cause.LearningRateTooHigh, null, ratio, seen.GainOf(ratio), finding, "steps are too large for the slope they go down", "cs231n: an update is about 1e-3 of its weight in a healthy run", Remedies.Slower(seen));

    private static Diagnosis? Clipped(Observation seen, double ratio)
    {
        Ops.GradientClip clip = seen.Options.ToClip();
        if (clip.Mode != Ops.ClipMode.Norm)
        {
            return null;
        }

        double share = (double)seen.Norms.Count(norm => norm > clip.Limit) / seen.Norms.Count;
        double median = Median(seen.Norms.Select(norm => (double)norm));
        return share > Thresholds.ClippedShare && median > Thresholds.ClipFactor * clip.Limit
            ? new(Verdict.Degraded, Severity.Warning, Cause.ClipTooLow, null, ratio, seen.GainOf(ratio), $"{Percent(share)} of the steps are clipped, from a norm of {Text(median)} to {Text(clip.Limit)}", "the limit, and not the gradient, sets the size of the steps", "Pascanu et al. 2013: limits from half to ten times the mean norm converge", Remedies.Unclip(seen))
            : null;
    }

    private static Diagnosis? Slow(Observation seen, double ratio)
    {
        double update = seen.Readings.Max(MedianUpdate);
        return update < Thresholds.UpdateTooSmall
            ? new(Verdict.Degraded, Severity.Warning, Cause.LearningRateTooLow, null, ratio, seen.GainOf(ratio), $"an update is {Text(update)} of the size of the weights it changes", "steps are too small to get anywhere", "cs231n: an update is about 1e-3 of its weight in a healthy run", Remedies.Faster(seen, update))
            : null;
    }

    private static Diagnosis Sound(Observation seen, double ratio) => new(
        Verdict.Healthy, Severity.Ok, Cause.None, null, ratio, seen.GainOf(ratio), $"the gradient at the first hidden layer is {Text(ratio)} times that at the last", "", "", null);

    private static Diagnosis ByScale(Observation seen, Verdict verdict, Severity severity, string? layer, double ratio, string finding)
    {
        (Cause cause, LayerFacts culprit, string reason, string bracket) = ScaleCause.Of(seen, verdict);
        return new(verdict, severity, cause, layer ?? culprit.Layer, ratio, seen.GainOf(ratio), finding, reason, bracket, Remedies.For(cause, seen));
    }

    private static double LateLoss(Observation seen) => seen.Losses.TakeLast(Math.Max(1, seen.Losses.Count / 4)).Average();

    private static IEnumerable<(LayerFacts Facts, LayerHealth Health)> Hidden(Observation seen, HealthReading reading) =>
        seen.Facts.Layers.Zip(reading.Layers).Take(seen.Hidden);

    private static double MedianUpdate(HealthReading reading) => Median(reading.Layers.Where(layer => layer.WeightNorm > 0).Select(layer => layer.UpdateRatio));

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : sorted[sorted.Length / 2];
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
