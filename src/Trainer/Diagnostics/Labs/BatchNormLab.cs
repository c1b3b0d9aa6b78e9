using System.Globalization;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Plain convolutions with and without batch norm, by depth and initial weights.</summary>
internal static class BatchNormLab
{
    private const int Width = 8;
    private const int Shallow = 10;
    private const int Steps = 1500;
    private static readonly int[] s_depths = [8, 20, 36, 56];
    private static readonly string[] s_inits = ["normal:0.01", "he-normal", "he-normal:3.5"];

    public static LabReport Run(LabBench bench)
    {
        IReadOnlyList<Observation>[] deep = [.. s_depths.Select(depth => bench.Train(PatientNetworks.Conv(depth, Width, isNormalized: true), LabBench.Sgd))];
        double[] ratios = [.. deep.Select(runs => LabBench.Measure(runs, run => run.Ratio).Median)];
        double gain = Math.Pow(ratios[^1] / ratios[0], 1.0 / (s_depths[^1] - s_depths[0]));
        TrainingOptions options = LabBench.Sgd with { Lr = 0.05 };
        IReadOnlyList<Observation>[] with = [.. s_inits.Select(init => bench.Train(PatientNetworks.Conv(Shallow, Width, isNormalized: true), options with { Init = init }, Steps))];
        IReadOnlyList<Observation>[] without = [.. s_inits.Select(init => bench.Train(PatientNetworks.Conv(Shallow, Width), options with { Init = init }, Steps))];
        double[] losses = [.. with.Select(Loss)];
        double[] bare = [.. without.Select(Loss)];
        return new LabReport(
        [
            LabFinding.Of("batch norm guarantees stable gradients", $"plain convolutions: {string.Join(", ", s_depths.Zip(ratios, (depth, ratio) => $"{depth} layers {Text(ratio)}"))}", "ratio within 1e-2 to 1e2", [.. ratios.Select(ratio => ratio < Thresholds.RatioWarning)]),
            LabFinding.Of("without skips it lets them grow by √(π/(π − 1)) = 1.211 per layer (Yang et al. 2019)", $"{Text(gain)} per layer", "within 5 %", Math.Abs((gain / 1.2113) - 1) < 0.05),
            LabFinding.Of("batch norm makes initial weights matter less", $"{Shallow} convolutions, loss after {with[0][0].Losses.Count} steps by {string.Join(", ", s_inits)}: {string.Join(", ", losses.Select(Text))}; without batch norm {string.Join(", ", bare.Select(Text))}", "losses within 0.1 of each other with it, and not without", losses.Max() - losses.Min() < 0.1, !(bare.Max() - bare.Min() < 0.1)),
            LabFinding.Of("batch norm speeds up training", $"by He's weights: {Text(losses[1])}, without {Text(bare[1])}", "loss lower by 0.02", losses[1] < bare[1] - 0.02),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last, by depth", [new LabCurve("batch norm, no skips", [.. s_depths.Zip(ratios, (depth, ratio) => ((double)depth, ratio))])]),
            new LabFigure($"Loss of {Shallow} convolutions by step", [.. s_inits.Zip(with, (init, runs) => LabBench.Losses($"{init}, batch norm", runs[0])), .. s_inits.Zip(without, (init, runs) => LabBench.Losses(init, runs[0]))]),
        ]);
    }

    private static double Loss(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, LabBench.LateLoss).Median;

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
