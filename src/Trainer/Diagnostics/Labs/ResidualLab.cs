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
        Measured[] plainRatios = [.. plain.Select(Ratio)];
        Measured[] ratios = [.. residual.Select(Ratio)];
        Measured[] plainLosses = [.. plain.Select(Loss)];
        Measured[] losses = [.. residual.Select(Loss)];
        (double growth, double plainGrowth) = (ratios[^1].Median / ratios[0].Median, plainRatios[^1].Median / plainRatios[0].Median);
        return new LabReport(
        [
            LabFinding.Of("skips keep the gradient from exploding", $"{s_blocks[^1]} blocks with batch norm: {ratios[^1]}, without skips {plainRatios[^1]}", "ratio within 1e-2 to 1e2 with skips", ratios[^1].IsSound),
            LabFinding.Of("with skips the gradient does not depend on the depth", $"{string.Join(", ", s_blocks.Zip(ratios, (blocks, ratio) => $"{blocks} blocks {ratio}"))}", "ratio grows by less than 2 from the least depth to the most", growth < 2),
            LabFinding.Of("with skips the ratio grows slower with depth than without", $"from {s_blocks[0]} to {s_blocks[^1]} blocks: by {Text(growth)}, without skips by {Text(plainGrowth)}", "by a tenth or less", growth < 0.1 * plainGrowth),
            LabFinding.Of("a residual network trains better than a plain one of its depth", $"loss after {plain[0][0].Losses.Count} steps: {string.Join(", ", s_blocks.Select((blocks, i) => $"{blocks} blocks {losses[i]} and {plainLosses[i]}"))}", "loss lower by 0.02", [.. losses.Zip(plainLosses, (with, without) => with.Median < without.Median - 0.02)]),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last", "blocks", [Curve("residual", ratios), Curve("plain", plainRatios)]),
            new LabFigure($"Loss of {s_blocks[^1]} blocks", "step", [LabBench.Losses("residual", residual[^1][0]), LabBench.Losses("plain", plain[^1][0])]),
        ]);
    }

    private static Measured Ratio(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, run => run.Ratio);

    private static Measured Loss(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, LabBench.LateLoss);

    private static LabCurve Curve(string name, Measured[] values) => new(name, [.. s_blocks.Zip(values, (blocks, value) => ((double)blocks, value.Median))]);

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
