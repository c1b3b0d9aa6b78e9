using System.Globalization;
using Gimbal.Trainer.Layers;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Clipping by value and by norm: what becomes of a gradient, and of a training.</summary>
internal static class ClippingLab
{
    private const int Steps = 1000;
    private const double Limit = 1;
    private const double SpikeAt = 0.5;
    private static readonly string[] s_clips = ["none", "value:0.01", "norm:1"];

    public static LabReport Run(LabBench bench)
    {
        Network network = PatientNetworks.Tutorial(8);
        IReadOnlyList<double[]> raw = bench.FirstSteps(network, LabBench.Sgd);
        // A limit at the root mean square touches the larger third of the elements.
        double size = new Measured([.. raw.Select(g => Norm(g) / Math.Sqrt(g.Length))]).Median;
        IReadOnlyList<double[]> byValue = bench.FirstSteps(network, LabBench.Sgd with { Clip = string.Create(CultureInfo.InvariantCulture, $"value:{size:R}") });
        IReadOnlyList<double[]> byNorm = bench.FirstSteps(network, LabBench.Sgd with { Clip = string.Create(CultureInfo.InvariantCulture, $"norm:{new Measured([.. raw.Select(Norm)]).Median / 4:R}") });
        Measured valueNorm = new([.. byValue.Select(step => Norm(step) / size)]);
        Measured valueTurn = new([.. raw.Zip(byValue, Cosine)]);
        Measured normTurn = new([.. raw.Zip(byNorm, Cosine)]);
        IReadOnlyList<Observation>[] fast = [.. s_clips.Select(clip => bench.Train(PatientNetworks.Mlp(6, 64), LabBench.Sgd with { Lr = 0.5, Clip = clip }, Steps))];
        IReadOnlyList<Observation> usual = bench.Train(PatientNetworks.Residual(8, 8), LabBench.Sgd with { Lr = 0.1, Clip = "norm:1" }, Steps);
        IReadOnlyList<Observation> bad = bench.Train(PatientNetworks.Conv(16, 12), LabBench.Sgd with { Init = "he-normal:3.5", Clip = "norm:1" }, Steps);
        IReadOnlyList<Observation> good = bench.Train(PatientNetworks.Conv(16, 12), LabBench.Sgd, Steps);
        IReadOnlyList<Observation>[] hit = [.. s_clips.Select(clip => bench.Train(PatientNetworks.Tutorial(8), LabBench.Sgd with { Lr = 0.05, Clip = clip }, Steps, SpikeAt))];
        Measured[] ahead = [.. hit.Select(runs => LabBench.Measure(runs, run => LabBench.LossAhead(run, SpikeAt)))];
        Measured[] behind = [.. hit.Select(runs => LabBench.Measure(runs, LabBench.LateLoss))];
        bool Recovers(int clip) => behind[clip].Median < ahead[clip].Median + 0.05;
        Measured[] losses = [.. fast.Select(runs => LabBench.Measure(runs, LabBench.LateLoss))];
        Measured share = LabBench.Measure(usual, run => (double)run.Norms.Count(norm => norm > Limit) / run.Norms.Count);
        (Measured badLoss, Measured goodLoss) = (LabBench.Measure(bad, LabBench.LateLoss), LabBench.Measure(good, LabBench.LateLoss));
        return new LabReport(
        [
            LabFinding.Of("clip(g, −a, a) limits the norm of the gradient to a", $"the norm of the clipped gradient is {valueNorm} times a", "norm of a or less", valueNorm.Median <= 1.001),
            LabFinding.Of("clipping shortens a step and keeps its direction", $"cosine between step and gradient: by norm {normTurn}, by value {valueTurn}", "cosine above 0.999", normTurn.Median > 0.999, valueTurn.Median > 0.999),
            LabFinding.Of("clipping lets a network train at a rate at which it would not", $"6 layers at 0.5, loss after {fast[0][0].Losses.Count} steps: {string.Join(", ", s_clips.Zip(losses, (clip, loss) => $"{clip} {loss}"))}", "clipped by norm, or by value, 0.05 below guessing (2.303) and below the unclipped", losses[2].Median < Math.Min(2.25, losses[0].Median), losses[1].Median < Math.Min(2.25, losses[0].Median)),
            LabFinding.Of("clipping by norm gets a training over a bad batch that would undo it", $"one batch with pixels 100 times too large, loss ahead of it and at the end: {string.Join(", ", s_clips.Select((clip, i) => $"{clip} {ahead[i]} and {behind[i]}"))}", "clipped by norm the loss ends no more than 0.05 above what it was, unclipped it does", Recovers(2), !Recovers(0)),
            LabFinding.Of("a norm of 1 is a limit for spikes", $"8 residual blocks at 0.1: {share} of the steps are clipped", "30 % or less", share.Median <= 0.3),
            LabFinding.Of("clipping mends weights that started too large", $"16 convolutions, 2.5 times He's deviation and clipped: loss {badLoss}; He's {goodLoss}", "loss within 0.1", badLoss.Median < goodLoss.Median + 0.1),
        ],
        [
            new LabFigure("Loss of 6 layers at a rate of 0.5", "step", [.. s_clips.Zip(fast, (clip, runs) => LabBench.Losses(clip, runs[0]))]),
            new LabFigure("Loss with one bad batch half way", "step", [.. s_clips.Zip(hit, (clip, runs) => LabBench.Losses(clip, runs[0]))]),
            new LabFigure("Gradient norm of 8 residual blocks", "step", [new LabCurve("before clipping", [.. usual[0].Norms.Select((norm, i) => ((double)i, (double)norm))])]),
        ]);
    }

    private static double Norm(double[] vector) => Math.Sqrt(vector.Sum(x => x * x));

    private static double Cosine(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum() / (Norm(a) * Norm(b));
}
