using System.Globalization;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Plain convolutions with and without batch norm, by depth and initial weights.</summary>
internal static class BatchNormLab
{
    private const int Width = 8;
    private const int Shallow = 10;
    private const int Steps = 1500;
    private const int DeployedSteps = 1000;
    private static readonly int[] s_batches = [32, 4, 2];
    private static readonly int[] s_depths = [8, 20, 36, 56];
    private static readonly string[] s_inits = ["normal:0.01", "he-normal", "he-normal:3.5"];

    public static LabReport Run(LabBench bench)
    {
        IReadOnlyList<Observation>[] deep = [.. s_depths.Select(depth => bench.Train(PatientNetworks.Conv(depth, Width, isNormalized: true), LabBench.Sgd))];
        Measured[] ratios = [.. deep.Select(runs => LabBench.Measure(runs, run => run.Ratio))];
        double gain = Math.Pow(ratios[^1].Median / ratios[0].Median, 1.0 / (s_depths[^1] - s_depths[0]));
        TrainingOptions options = LabBench.Sgd with { Lr = 0.05 };
        IReadOnlyList<Observation>[] with = [.. s_inits.Select(init => bench.Train(PatientNetworks.Conv(Shallow, Width, isNormalized: true), options with { Init = init }, Steps))];
        IReadOnlyList<Observation>[] without = [.. s_inits.Select(init => bench.Train(PatientNetworks.Conv(Shallow, Width), options with { Init = init }, Steps))];
        Measured[] losses = [.. with.Select(Loss)];
        Measured[] bare = [.. without.Select(Loss)];
        (Measured Training, Measured Deployed)[] modes = [.. s_batches.Select(batch => bench.LossesOf(PatientNetworks.Conv(Shallow, Width, isNormalized: true), LabBench.Sgd with { Batch = batch, Lr = 0.01 }, DeployedSteps))];
        return new LabReport(
        [
            LabFinding.Of("batch norm guarantees stable gradients", $"plain convolutions: {string.Join(", ", s_depths.Zip(ratios, (depth, ratio) => $"{depth} layers {ratio}"))}", "ratio within 1e-2 to 1e2", [.. ratios.Select(ratio => ratio.IsSound)]),
            LabFinding.Of("without skips it lets them grow by √(π/(π − 1)) = 1.211 per layer (Yang et al. 2019)", $"{Text(gain)} per layer", "within 5 %", Math.Abs((gain / 1.2113) - 1) < 0.05),
            LabFinding.Of("batch norm makes initial weights matter less", $"{Shallow} convolutions, loss after {with[0][0].Losses.Count} steps by {string.Join(", ", s_inits)}: {string.Join<Measured>(", ", losses)}; without batch norm {string.Join<Measured>(", ", bare)}", "losses within 0.1 of each other with it, and not without", AreEqual(losses), !AreEqual(bare)),
            LabFinding.Of("batch norm speeds up training", $"by He's weights: {losses[1]}, without {bare[1]}", "loss lower by 0.02", losses[1].Median < bare[1].Median - 0.02),
            LabFinding.Of("a network with batch norm does in use what it did in training", $"loss by the batch's statistics and by the running ones, same weights and pictures: {string.Join(", ", s_batches.Zip(modes, (batch, mode) => $"batches of {batch} {mode.Training} and {mode.Deployed}"))}", "losses within 0.1", [.. modes.Select(mode => Math.Abs(mode.Training.Median - mode.Deployed.Median) < 0.1)]),
        ],
        [
            new LabFigure("Gradient at the first layer over that at the last", "depth", [new LabCurve("batch norm, no skips", [.. s_depths.Zip(ratios, (depth, ratio) => ((double)depth, ratio.Median))])]),
            new LabFigure($"Loss of {Shallow} convolutions", "step", [.. s_inits.Zip(with, (init, runs) => LabBench.Losses($"{init}, batch norm", runs[0])), .. s_inits.Zip(without, (init, runs) => LabBench.Losses(init, runs[0]))]),
        ]);
    }

    private static Measured Loss(IReadOnlyList<Observation> runs) => LabBench.Measure(runs, LabBench.LateLoss);

    private static bool AreEqual(IReadOnlyList<Measured> losses) => losses.Max(loss => loss.Median) - losses.Min(loss => loss.Median) < 0.1;

    private static string Text(double value) => value.ToString("G3", CultureInfo.InvariantCulture);
}
