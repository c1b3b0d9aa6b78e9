using System.Globalization;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Plain networks by initial weights and depth.</summary>
internal static class VanishingLab
{
    private const int Width = 64;
    private const int Deep = 20;
    private const int Steps = 3000;
    private static readonly int[] s_depths = [4, 8, 14, 20, 30];

    // The gain per layer of a ReLU is the weights' deviation over √(2/fan_in).
    private static readonly (string Init, double Gain)[] s_inits =
    [
        ("normal:0.01", 0.01 / Math.Sqrt(2.0 / Width)),
        ("uniform:0.05", 0.05 / Math.Sqrt(3) / Math.Sqrt(2.0 / Width)),
        ("pytorch", 1 / Math.Sqrt(6)),
        ("xavier-uniform", 1 / Math.Sqrt(2)),
        ("he-normal", 1),
    ];

    public static LabReport Run(LabBench bench)
    {
        Dictionary<(string Init, int Depth), IReadOnlyList<Observation>> seen = [];
        foreach ((string init, int depth) in from init in s_inits from depth in s_depths select (init.Init, depth))
        {
            seen[(init, depth)] = bench.Train(PatientNetworks.Mlp(depth, Width), LabBench.Sgd with { Init = init });
        }

        IReadOnlyList<Observation> sigmoid = bench.Train(PatientNetworks.Mlp(8, Width, () => new Sigmoid()), LabBench.Sgd with { Init = "xavier-uniform" });
        IReadOnlyList<Observation> small = bench.Train(PatientNetworks.Mlp(Deep, Width), Learning("normal:0.01"), Steps);
        IReadOnlyList<Observation> he = bench.Train(PatientNetworks.Mlp(Deep, Width), Learning("he-normal"), Steps);
        Measured Ratio(string init) => LabBench.Measure(seen[(init, Deep)], run => run.Ratio);
        Measured Gain(string init) => LabBench.Measure(seen[(init, Deep)], run => run.GainOf(run.Ratio));
        Measured weights = LabBench.Measure(seen[("normal:0.01", Deep)], run => run.WeightRatio);
        Measured slope = LabBench.Measure(sigmoid, run => run.GainOf(run.Ratio));
        (double smallLoss, double heLoss) = (LabBench.Measure(small, LabBench.LateLoss).Median, LabBench.Measure(he, LabBench.LateLoss).Median);
        return new LabReport(
        [
            LabFinding.Of("the gradient changes by a constant factor per layer, which the deviation of the weights sets", string.Join(", ", s_inits.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Init} {Gain(i.Init).Median:0.000} (theory {i.Gain:0.000})"))), "within 6 % of σ/√(2/fan_in)", [.. s_inits.Select(i => Math.Abs((Gain(i.Init).Median / i.Gain) - 1) < 0.06)]),
            LabFinding.Of("uniform initialisation keeps gradients from vanishing and exploding", $"U(±0.05), {Deep} layers: the gradient shrinks to {Ratio("uniform:0.05")}", "ratio within 1e-2 to 1e2", IsSound(Ratio("uniform:0.05"))),
            LabFinding.Of("Xavier initialisation keeps gradients from vanishing", $"{Deep} layers with ReLU: {Ratio("xavier-uniform")}", "ratio within 1e-2 to 1e2", IsSound(Ratio("xavier-uniform"))),
            LabFinding.Of("He initialisation keeps gradients from vanishing", $"{Deep} layers with ReLU: {Ratio("he-normal")}", "ratio within 1e-2 to 1e2", IsSound(Ratio("he-normal"))),
            LabFinding.Of("a vanishing gradient shows as small weight gradients in the first layers", $"N(0, 0.01), {Deep} layers: first over last weight gradient {weights}, while the signal shrinks to {Ratio("normal:0.01")}", "ratio of the weights' gradients below 1e-2", weights.Median < 1e-2),
            LabFinding.Of("a sigmoid takes three quarters of the gradient or more in each layer", $"8 layers by Xavier: {slope} per layer", "gain per layer of 0.25 or less, 10 % for chance", slope.Median < 0.275),
            LabFinding.Of("a network whose gradient has vanished does not learn, and one of the same depth by He does", string.Create(CultureInfo.InvariantCulture, $"{Deep} layers, loss after {small[0].Losses.Count} steps: N(0, 0.01) {smallLoss:0.000}, He {heLoss:0.000}; guessing is 2.303"), "N(0, 0.01) within 0.02 of guessing, He 0.1 below it", smallLoss > 2.283, heLoss < 2.203),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last, by depth", [.. s_inits.Select(i => new LabCurve(i.Init, [.. s_depths.Select(depth => ((double)depth, LabBench.Measure(seen[(i.Init, depth)], run => run.Ratio).Median))]))]),
            new LabFigure("The same of the weights' gradients", [.. s_inits.Select(i => new LabCurve(i.Init, [.. s_depths.Select(depth => ((double)depth, LabBench.Measure(seen[(i.Init, depth)], run => run.WeightRatio).Median))]))]),
            new LabFigure($"Loss of {Deep} layers, by step", [LabBench.Losses("normal:0.01", small[0]), LabBench.Losses("he-normal", he[0])]),
        ]);
    }

    private static TrainingOptions Learning(string init) => LabBench.Sgd with { Init = init, Optimizer = OptimizerName.Adam, Lr = 1e-3 };

    private static bool IsSound(Measured ratio) => ratio.Median is > 1 / Thresholds.RatioWarning and < Thresholds.RatioWarning;
}
