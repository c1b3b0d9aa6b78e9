using System.Globalization;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Plain networks by initial weights and depth.</summary>
internal static class VanishingLab
{
    private const int Width = 64;
    private const int ConvWidth = 8;
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
        Dictionary<string, IReadOnlyList<Observation>> convolved = s_inits.ToDictionary(i => i.Init, i => bench.Train(PatientNetworks.Conv(Deep, ConvWidth), LabBench.Sgd with { Init = i.Init }));
        Dictionary<string, IReadOnlyList<Observation>> trained = s_inits.ToDictionary(i => i.Init, i => bench.Train(PatientNetworks.Mlp(Deep, Width), Learning(i.Init), Steps));
        Measured Ratio(string init) => LabBench.Measure(seen[(init, Deep)], run => run.Ratio);
        Measured Gain(string init) => LabBench.Measure(seen[(init, Deep)], run => run.GainOf(run.Ratio));
        Measured Convolved(string init) => LabBench.Measure(convolved[init], run => run.GainOf(run.Ratio));
        Measured Weights(string init) => LabBench.Measure(seen[(init, Deep)], run => run.WeightRatio);
        Measured Loss(string init) => LabBench.Measure(trained[init], LabBench.LateLoss);
        Measured slope = LabBench.Measure(sigmoid, run => run.GainOf(run.Ratio));
        return new LabReport(
        [
            LabFinding.Of("the gradient changes by a constant factor per layer, which the deviation of the weights sets", string.Join(", ", s_inits.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Init} {Gain(i.Init).Median:0.000} (theory {i.Gain:0.000})"))), "within 6 % of σ/√(2/fan_in)", [.. s_inits.Select(i => Math.Abs((Gain(i.Init).Median / i.Gain) - 1) < 0.06)]),
            LabFinding.Of("it is the same factor in convolutions", string.Join(", ", s_inits.Select(i => string.Create(CultureInfo.InvariantCulture, $"{i.Init} {Convolved(i.Init).Median:0.000} (theory {i.Gain * ConvScale(i.Init):0.000})"))), "within 15 %: zeros at the edges of 8x8 pixels take 8 %", [.. s_inits.Select(i => Math.Abs((Convolved(i.Init).Median / (i.Gain * ConvScale(i.Init))) - 1) < 0.15)]),
            LabFinding.Of("uniform initialisation keeps gradients from vanishing and exploding", $"U(±0.05), {Deep} layers: the gradient shrinks to {Ratio("uniform:0.05")}", "ratio within 1e-2 to 1e2", Ratio("uniform:0.05").IsSound),
            LabFinding.Of("Xavier initialisation keeps gradients from vanishing", $"{Deep} layers with ReLU: {Ratio("xavier-uniform")}", "ratio within 1e-2 to 1e2", Ratio("xavier-uniform").IsSound),
            LabFinding.Of("He initialisation keeps gradients from vanishing", $"{Deep} layers with ReLU: {Ratio("he-normal")}", "ratio within 1e-2 to 1e2", Ratio("he-normal").IsSound),
            LabFinding.Of("a vanishing gradient shows as small weight gradients in the first layers", $"{Deep} layers, first over last weight gradient: {string.Join(", ", s_inits.Select(i => $"{i.Init} {Weights(i.Init)}"))}; the signal of the first shrinks to {Ratio("normal:0.01")}", "ratio of the weights' gradients below 1e-2 where that of the signal is", [.. s_inits.Where(i => Ratio(i.Init).Median < 1 / Thresholds.RatioWarning).Select(i => Weights(i.Init).Median < 1 / Thresholds.RatioWarning)]),
            LabFinding.Of("a sigmoid takes three quarters of the gradient or more in each layer", $"8 layers by Xavier: {slope} per layer", "gain per layer of 0.25 or less, 10 % for chance", slope.Median < 0.275),
            LabFinding.Of("a network whose gradient has vanished does not learn, and one of the same depth by He does", $"{Deep} layers, loss after {trained["he-normal"][0].Losses.Count} steps: {string.Join(", ", s_inits.Select(i => $"{i.Init} {Loss(i.Init)}"))}; guessing is 2.303", "N(0, 0.01) within 0.02 of guessing, He 0.1 below it", Loss("normal:0.01").Median > 2.283, Loss("he-normal").Median < 2.203),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last", "depth", [.. s_inits.Select(i => new LabCurve(i.Init, [.. s_depths.Select(depth => ((double)depth, LabBench.Measure(seen[(i.Init, depth)], run => run.Ratio).Median))]))]),
            new LabFigure("The same of the weights' gradients", "depth", [.. s_inits.Select(i => new LabCurve(i.Init, [.. s_depths.Select(depth => ((double)depth, LabBench.Measure(seen[(i.Init, depth)], run => run.WeightRatio).Median))]))]),
            new LabFigure($"Loss of {Deep} layers", "step", [.. s_inits.Select(i => LabBench.Losses(i.Init, trained[i.Init][0]))]),
        ]);
    }

    // The first two are deviations, whatever the fan: 9 taps of 8 channels here. The others go by it.
    private static double ConvScale(string init) => init is "normal:0.01" or "uniform:0.05" ? Math.Sqrt(9.0 * ConvWidth / Width) : 1;

    private static TrainingOptions Learning(string init) => LabBench.Sgd with { Init = init, Optimizer = OptimizerName.Adam, Lr = 1e-3 };
}
