using System.Globalization;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Weights too large, sums without normalisation, steps too large.</summary>
internal static class ExplodingLab
{
    private const int Width = 64;
    private const int Steps = 300;

    // √(6/fan_in) times a standard normal.
    private const string Tutorial = "he-normal:2.449";
    private static readonly int[] s_depths = [4, 8, 14, 20, 30];
    private static readonly int[] s_blocks = [4, 8, 16, 24];
    private static readonly double[] s_rates = [0.001, 0.01, 0.1, 1];

    public static LabReport Run(LabBench bench)
    {
        IReadOnlyList<Observation>[] deep = [.. s_depths.Select(depth => bench.Train(PatientNetworks.Mlp(depth, Width), LabBench.Sgd with { Init = Tutorial }))];
        IReadOnlyList<Observation>[] sums = [.. s_blocks.Select(blocks => bench.Train(PatientNetworks.Residual(blocks, 8, isNormalized: false), LabBench.Sgd))];
        IReadOnlyList<Observation>[] normalized = [.. s_blocks.Select(blocks => bench.Train(PatientNetworks.Residual(blocks, 8), LabBench.Sgd))];
        IReadOnlyList<Observation>[] fast = [.. s_rates.Select(rate => bench.Train(PatientNetworks.Mlp(6, Width), LabBench.Sgd with { Lr = rate }, Steps))];
        Measured gain = LabBench.Measure(deep[^1], run => run.GainOf(run.Ratio));
        Measured ratio = LabBench.Measure(deep[3], run => run.Ratio);
        (Measured sum, Measured norm) = (LabBench.Measure(sums[^1], run => run.Ratio), LabBench.Measure(normalized[^1], run => run.Ratio));
        double Block(IReadOnlyList<Observation>[] runs) => Math.Pow(Median(runs[^1]) / Median(runs[0]), 1.0 / (s_blocks[^1] - s_blocks[0]));
        double fastest = LabBench.Measure(fast[^1], LabBench.LateLoss).Median;
        return new LabReport(
        [
            LabFinding.Of("Xavier's weights are √(6/n)·ε, which keeps gradients from exploding", $"with ε normal: 20 layers {ratio}, {gain} per layer (theory 1.732)", "ratio within 1e-2 to 1e2", ratio.IsSound),
            LabFinding.Of("residual connections alone keep gradients from exploding", string.Create(CultureInfo.InvariantCulture, $"{s_blocks[^1]} blocks without normalisation: {sum}, {Block(sums):0.00} per block (theory 1.414)"), "ratio within 1e-2 to 1e2", sum.IsSound),
            LabFinding.Of("residual blocks with batch norm keep gradients from exploding", $"{s_blocks[^1]} blocks: {norm}", "ratio within 1e-2 to 1e2", norm.IsSound),
            LabFinding.Of("a learning rate too high makes a sound network explode", string.Create(CultureInfo.InvariantCulture, $"6 layers, loss after {fast[0][0].Losses.Count} steps: {string.Join(", ", s_rates.Zip(fast, (rate, runs) => $"rate {rate:G2}: {LabBench.Measure(runs, LabBench.LateLoss)}"))}"), "the highest rate ends above guessing, 2.303, or with no number, the lowest below", fastest > 2.4, LabBench.Measure(fast[0], LabBench.LateLoss).Median < 2.4),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last", "depth", [new LabCurve("√(6/n) times normal", [.. s_depths.Zip(deep, (depth, runs) => ((double)depth, Median(runs)))])]),
            new LabFigure("The same of residual networks", "blocks", [new LabCurve("without norm", [.. s_blocks.Zip(sums, (blocks, runs) => ((double)blocks, Median(runs)))]), new LabCurve("batch norm", [.. s_blocks.Zip(normalized, (blocks, runs) => ((double)blocks, Median(runs)))])]),
            new LabFigure("Loss of 6 layers", "step", [.. s_rates.Zip(fast, (rate, runs) => LabBench.Losses(FormattableString.Invariant($"rate {rate}"), runs[0]))]),
        ]);
    }

    private static double Median(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, run => run.Ratio).Median;
}
