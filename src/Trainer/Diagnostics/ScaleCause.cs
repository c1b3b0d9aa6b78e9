using System.Globalization;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Why a signal grows or shrinks: the scale of the weights, or what the network is made of. Constants as derived by He et al. 2015 and Yang et al. 2019.</summary>
internal static class ScaleCause
{
    // The gain per layer under ReLU is the weights' deviation over √(2/fan_in).
    private static readonly double s_pyTorch = Math.Sqrt(1.0 / 6);
    private static readonly double s_boundTimesNormal = Math.Sqrt(3);

    /// <summary>Names the cause, the layer that shows it most, why, and what is known of it.</summary>
    public static (Cause Cause, LayerFacts Culprit, string Reason, string Bracket) Of(Observation seen, Verdict verdict)
    {
        LayerFacts[] hidden = [.. seen.Facts.Layers.Take(Math.Max(1, seen.Hidden))];
        double scale = Math.Exp(hidden.Average(layer => Math.Log(Math.Max(1e-30, layer.Scale))));
        LayerFacts culprit = hidden.MaxBy(layer => Math.Abs(Math.Log(Math.Max(1e-30, layer.Scale))))!;
        int normalized = hidden.Count(layer => layer.IsNormalized);
        if (2 * normalized > hidden.Length && verdict == Verdict.Exploding)
        {
            return (Cause.BatchNormWithoutSkips, hidden[0], "batch norm and ReLU without skips: √(π/(π − 1)) = 1.21 per layer; the initial weights are not to blame, batch norm takes their scale away", "Yang et al. 2019: gradients of networks with batch norm and without skips explode; He et al. 2016: such networks of 56 layers learn worse than those of 20");
        }

        if (hidden.Count(layer => layer.Bend == Bend.Sigmoid) * 2 > hidden.Length && verdict == Verdict.Vanishing)
        {
            return (Cause.SigmoidSlope, hidden[0], "a sigmoid's slope is 1/4 at most, so that a gradient loses three quarters or more in each layer", "Glorot and Bengio 2010: the logistic sigmoid is unsuited for deep networks with random initial weights");
        }

        if (seen.Facts.HasSkips && verdict == Verdict.Exploding && scale is > 0.5 and < 1.6)
        {
            return (Cause.ResidualWithoutNorm, hidden[0], "sums of residual blocks without normalisation: √2 = 1.41 per block", "Zhang et al. 2019 (Fixup): without normalisation a branch must start at L^(-1/2) of its size or less");
        }

        return OfInit(hidden, scale, culprit, verdict);
    }

    private static (Cause Cause, LayerFacts Culprit, string Reason, string Bracket) OfInit(LayerFacts[] hidden, double scale, LayerFacts culprit, Verdict verdict)
    {
        const string Stall = "He et al. 2015: 22 layers with a ratio of 5e-4 converge slower, 30 with 3e-5 stall";
        string measured = string.Create(
            CultureInfo.InvariantCulture, $"weights of {culprit.Layer} have a deviation of {culprit.Deviation:G3}, {culprit.Scale:0.00} times √(2/fan_in)");
        if (Is(scale, s_pyTorch))
        {
            return (Cause.PytorchDefaultInit, culprit, $"{measured}: 0.41 per layer, PyTorch's default (kaiming_uniform with a = √5)", Stall);
        }

        if (hidden.All(layer => Is(layer.Deviation, Math.Sqrt(2 / (layer.FanIn + layer.FanOut)))) && verdict == Verdict.Vanishing)
        {
            return (Cause.XavierUnderRelu, culprit, $"{measured}: 0.71 per layer, Xavier's variance, which is for functions without a ReLU's flat half", Stall);
        }

        if (Is(scale, s_boundTimesNormal))
        {
            return (Cause.UniformBoundTimesNormal, culprit, $"{measured}: 1.73 per layer, √(6/fan_in) times a standard normal; that root is the bound of a uniform distribution", "He et al. 2015: the deviation that keeps a signal's size is √(2/fan_in)");
        }

        double[] deviations = [.. hidden.Select(layer => layer.Deviation)];
        bool isConstant = deviations.Max() < 1.15 * deviations.Min() && hidden.Select(layer => layer.FanIn).Distinct().Count() > 1;
        string sameEverywhere = isConstant ? ", the same in every layer whatever its fan_in" : "";
        return verdict == Verdict.Vanishing
            ? (Cause.InitTooSmall, culprit, $"{measured}{sameEverywhere}", Stall)
            : (Cause.InitTooLarge, culprit, $"{measured}{sameEverywhere}", "He et al. 2015: the deviation that keeps a signal's size is √(2/fan_in)");
    }

    private static bool Is(double measured, double constant) => Math.Abs((measured / constant) - 1) < Thresholds.SameConstant;
}
