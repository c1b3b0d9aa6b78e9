using System.Globalization;
using Gimbal.Trainer.Models;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What to change.</summary>
internal static class Remedies
{
    private const double GoodUpdate = 1e-3;
    private const double MostSpeedUp = 1000;

    /// <summary>Against a cause.</summary>
    public static Remedy For(Cause cause, Observation seen) => cause switch
    {
        Cause.BatchNormWithoutSkips => Skips(seen),
        Cause.SigmoidSlope => new("take ReLU in place of the sigmoid, or put batch norm in front of it"),
        Cause.ResidualWithoutNorm => new("normalise the branches, or start the last weight of each at 0"),
        _ => Init(seen),
    };

    /// <summary>Weights of the right size.</summary>
    public static Remedy Init(Observation seen)
    {
        bool isRectified = seen.Facts.Layers.Any(layer => layer.Bend == Bend.Rectifier);
        string init = isRectified ? "he-normal" : "xavier-normal";
        return new($"--init {init}: a deviation of {(isRectified ? "√(2/fan_in)" : "√(2/(fan_in + fan_out))")}", seen.Options with { Init = init });
    }

    /// <summary>A tenth of the learning rate.</summary>
    public static Remedy Slower(Observation seen) => Rate(seen, seen.Options.Resolve().Lr!.Value / 10);

    /// <summary>The same, from the beginning where the network has been trained.</summary>
    public static Remedy SlowerAnew(Observation seen)
    {
        Remedy slower = Slower(seen);
        return seen.IsUnderway ? slower with { Text = $"{slower.Text}, from the beginning", StartsAnew = true } : slower;
    }

    /// <summary>The learning rate with which updates are of a usual size.</summary>
    public static Remedy Faster(Observation seen, double update) =>
        Rate(seen, seen.Options.Resolve().Lr!.Value * Math.Min(MostSpeedUp, GoodUpdate / Math.Max(update, GoodUpdate / MostSpeedUp)));

    /// <summary>A limit that most norms keep to.</summary>
    public static Remedy Unclip(Observation seen)
    {
        double[] norms = [.. seen.Norms.Select(norm => (double)norm).Where(double.IsFinite).Order()];
        string clip = string.Create(CultureInfo.InvariantCulture, $"norm:{norms[norms.Length * 19 / 20]:G2}");
        return new($"--clip {clip}: what 95 % of the norms keep to", seen.Options with { Clip = clip });
    }

    private static Remedy Rate(Observation seen, double rate)
    {
        double rounded = double.Parse(rate.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return new(string.Create(CultureInfo.InvariantCulture, $"--lr {rounded}"), seen.Options with { Lr = rounded });
    }

    private static Remedy Skips(Observation seen)
    {
        string residual = seen.Options.Model.Replace("plain", "resnet", StringComparison.Ordinal);
        return residual != seen.Options.Model && ModelCatalogue.Names.Contains(residual)
            ? new($"--model {residual}: the same with skips", seen.Options with { Model = residual })
            : new("add skips round every two layers, or fewer layers");
    }
}
