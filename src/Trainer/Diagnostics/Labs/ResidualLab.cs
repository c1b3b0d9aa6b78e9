using System.Globalization;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Blocks with and without skips, by depth.</summary>
internal static class ResidualLab
{
    private const int Width = 8;
    private const int Steps = 1500;
    private static readonly int[] s_blocks = [4, 10, 20];

    public static LabReport Run(LabBench bench)
    {
        TrainingOptions options = LabBench.Sgd with { Lr = 0.05 };
        IReadOnlyList<Observation>[] plain = [.. s_blocks.Select(blocks => bench.Train(PatientNetworks.Conv((2 * blocks) + 1, Width, isNormalized: true), options, Steps))];
        IReadOnlyList<Observation>[] residual = [.. s_blocks.Select(blocks => bench.Train(PatientNetworks.Residual(blocks, Width), options, Steps))];
        double[] plainRatios = [.. plain.Select(Ratio)];
        double[] ratios = [.. residual.Select(Ratio)];
        double[] plainLosses = [.. plain.Select(Loss)];
        double[] losses = [.. residual.Select(Loss)];
        return new LabReport(
        [
            LabFinding.Of("skips keep the gradient from exploding", $"{s_blocks[^1]} blocks with batch norm: {Text(ratios[^1])}, without skips {Text(plainRatios[^1])}", "ratio within 1e-2 to 1e2 with skips", ratios[^1] is > 0.01 and < 100),
            LabFinding.Of("with skips the gradient does not depend on the depth", $"{string.Join(", ", s_blocks.Zip(ratios, (blocks, ratio) => $"{blocks} blocks {Text(ratio)}"))}", "ratio grows by less than 2 from the least depth to the most", ratios[^1] < 2 * ratios[0]),
            LabFinding.Of("with skips the ratio grows slower with depth than without", $"from {s_blocks[0]} to {s_blocks[^1]} blocks: by {Text(ratios[^1] / ratios[0])}, without skips by {Text(plainRatios[^1] / plainRatios[0])}", "by a tenth or less", ratios[^1] / ratios[0] < 0.1 * plainRatios[^1] / plainRatios[0]),
            LabFinding.Of("a residual network trains better than a plain one of its depth", $"loss after {plain[0][0].Losses.Count} steps: {string.Join(", ", s_blocks.Select((blocks, i) => $"{blocks} blocks {Text(losses[i])} and {Text(plainLosses[i])}"))}", "loss lower by 0.02", [.. losses.Zip(plainLosses, (with, without) => with < without - 0.02)]),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last, by blocks", [Curve("residual", ratios), Curve("plain", plainRatios)]),
            new LabFigure($"Loss of {s_blocks[^1]} blocks by step", [LabBench.Losses("residual", residual[^1][0]), LabBench.Losses("plain", plain[^1][0])]),
        ]);
    }

    private static double Ratio(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, run => run.Ratio).Median;

    private static double Loss(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, LabBench.LateLoss).Median;

    private static LabCurve Curve(string name, double[] values) => new(name, [.. s_blocks.Zip(values, (blocks, value) => ((double)blocks, value))]);

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
