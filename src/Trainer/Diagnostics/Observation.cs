using Gimbal.Trainer.Health;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What the doctor saw of a network in a few steps.</summary>
/// <param name="Facts">The network with the weights it began with.</param>
/// <param name="Options">How it was trained, with nothing left open.</param>
/// <param name="Readings">Measured steps; the first is step 0 of what was seen.</param>
/// <param name="Losses">Of every step.</param>
/// <param name="Norms">Of all gradients, before clipping, in every step.</param>
public sealed record Observation(
    NetworkFacts Facts, TrainingOptions Options, IReadOnlyList<HealthReading> Readings, IReadOnlyList<float> Losses, IReadOnlyList<float> Norms)
{
    /// <summary>Whether the first step seen was one of a run that had already been trained.</summary>
    public bool IsUnderway { get; init; }

    /// <summary>Learning rate of every step, where the steps were taken to be seen; empty for what a run left behind.</summary>
    public IReadOnlyList<double> Rates { get; init; } = [];

    /// <summary>Hidden layers: all but the one that gives the logits.</summary>
    public int Hidden => Facts.Layers.Count - 1;

    /// <summary>Norm of what arrives at the first hidden layer over that at the last, in the first reading in which anything does; 1 with fewer than two layers, infinite where one of them is no number, no number where both have vanished.</summary>
    public double Ratio => RatioOf(layer => layer.Gradient.Norm);

    /// <summary>The same of the weights' gradients, which is what other tools show.</summary>
    public double WeightRatio => RatioOf(layer => layer.WeightGradientNorm);

    /// <summary>The factor per layer that makes a ratio.</summary>
    public double GainOf(double ratio) => Hidden < 2 ? 1 : Math.Pow(ratio, 1.0 / (Hidden - 1));

    private double RatioOf(Func<LayerHealth, double> norm)
    {
        if (Hidden < 2)
        {
            return 1;
        }

        // Nothing passes a last layer that begins at 0 before its first update.
        IReadOnlyList<LayerHealth> layers = (Readings.FirstOrDefault(reading => reading.Layers[Hidden - 1].Gradient.Norm > 0) ?? Readings[0]).Layers;
        (double first, double last) = (norm(layers[0]), norm(layers[Hidden - 1]));
        return double.IsFinite(first) && double.IsFinite(last) ? first / last : double.PositiveInfinity;
    }
}
