using System.Globalization;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Plain and residual networks of two depths, by what they reach on the pictures they train on.</summary>
internal static class DegradationLab
{
    private const int Width = 8;
    private const int Steps = 2000;
    private const int ShallowBlocks = 4;
    private const int DeepBlocks = 22;

    public static LabReport Run(LabBench bench)
    {
        TrainingOptions options = LabBench.Sgd with { Lr = 0.05 };
        (string Name, IReadOnlyList<Observation> Runs)[] networks =
        [
            ($"plain, {(2 * ShallowBlocks) + 2} layers", bench.Train(PatientNetworks.Conv((2 * ShallowBlocks) + 1, Width, isNormalized: true), options, Steps)),
            ($"plain, {(2 * DeepBlocks) + 2} layers", bench.Train(PatientNetworks.Conv((2 * DeepBlocks) + 1, Width, isNormalized: true), options, Steps)),
            ($"residual, {(2 * ShallowBlocks) + 2} layers", bench.Train(PatientNetworks.Residual(ShallowBlocks, Width), options, Steps)),
            ($"residual, {(2 * DeepBlocks) + 2} layers", bench.Train(PatientNetworks.Residual(DeepBlocks, Width), options, Steps)),
        ];
        Measured[] losses = [.. networks.Select(network => LabBench.Measure(network.Runs, LabBench.LateLoss))];
        Measured ratio = LabBench.Measure(networks[1].Runs, run => run.Ratio);
        return new LabReport(
        [
            LabFinding.Of("a deeper plain network has a higher loss on the pictures it trains on", $"{networks[0].Name}: {losses[0]}, {networks[1].Name}: {losses[1]}, after {networks[0].Runs[0].Losses.Count} steps", "loss higher by 0.02", losses[1].Median > losses[0].Median + 0.02),
            LabFinding.Of("a deeper residual network does not", $"{networks[2].Name}: {losses[2]}, {networks[3].Name}: {losses[3]}", "loss not higher by 0.02", losses[3].Median < losses[2].Median + 0.02),
            LabFinding.Of("at either depth the residual network trains better", string.Create(CultureInfo.InvariantCulture, $"by {losses[0].Median - losses[2].Median:0.000} and {losses[1].Median - losses[3].Median:0.000}"), "loss lower by 0.02", losses[2].Median < losses[0].Median - 0.02, losses[3].Median < losses[1].Median - 0.02),
            LabFinding.Of("the deep plain network fails for a vanishing gradient", $"its gradient comes to {ratio} times its size on the way to the first layer", "ratio below 1e-2", ratio.Median < 1 / Thresholds.RatioWarning),
        ],
        [new LabFigure("Training loss", "step", [.. networks.Select(network => LabBench.Losses(network.Name, network.Runs[0]))])]);
    }
}
