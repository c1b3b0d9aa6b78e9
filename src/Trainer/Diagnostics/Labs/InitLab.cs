using System.Globalization;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Formulas of initial weights, by their deviation and by what is learnt with them.</summary>
internal static class InitLab
{
    private const int Steps = 2500;
    private const int Fan = 256;
    private static readonly string[] s_inits = ["normal:0.01", "pytorch", "xavier-normal", "he-normal", "he-normal:2.449", "orthogonal:1.414"];

    public static LabReport Run(LabBench bench)
    {
        IReadOnlyList<Observation>[] runs = [.. s_inits.Select(init => bench.Train(
            PatientNetworks.Conv(16, 12), LabBench.Sgd with { Init = init, Optimizer = OptimizerName.Adam, Lr = 1e-3 }, Steps))];
        Measured[] losses = [.. runs.Select(seen => LabBench.Measure(seen, LabBench.LateLoss))];
        Measured Loss(string init) => losses[Array.IndexOf(s_inits, init)];
        (double he, double bound, double normal) = (Deviation("he-uniform"), Deviation($"uniform:{Math.Sqrt(6.0 / Fan).ToString(CultureInfo.InvariantCulture)}"), Deviation("he-normal:2.449"));
        return new LabReport(
        [
            LabFinding.Of("√(6/n)·ε is Xavier's initialisation", string.Create(CultureInfo.InvariantCulture, $"fan 256: with ε uniform its deviation is {bound:0.0000}, He's is {he:0.0000}, Xavier's {Deviation("xavier-uniform"):0.0000}"), "deviation within 3 % of Xavier's", Math.Abs((bound / Deviation("xavier-uniform")) - 1) < 0.03),
            LabFinding.Of("√(6/n)·ε with ε uniform is He's initialisation under another name", string.Create(CultureInfo.InvariantCulture, $"{bound:0.0000} and {he:0.0000}"), "deviation within 3 % of He's", Math.Abs((bound / he) - 1) < 0.03),
            LabFinding.Of("it matters little whether ε is uniform or normal", string.Create(CultureInfo.InvariantCulture, $"with ε normal the deviation is {normal:0.0000}, {normal / bound:0.00} times as large; 16 convolutions, loss after {runs[0][0].Losses.Count} steps {Loss("he-normal:2.449")}, He {Loss("he-normal")}"), "losses within 0.1", Math.Abs(Loss("he-normal:2.449").Median - Loss("he-normal").Median) < 0.1),
            LabFinding.Of("He's initialisation learns faster than Xavier's under ReLU", $"16 convolutions: {Loss("he-normal")} and {Loss("xavier-normal")}", "loss lower by 0.02", Loss("he-normal").Median < Loss("xavier-normal").Median - 0.02),
            LabFinding.Of("small random weights are a safe start", $"N(0, 0.01): {Loss("normal:0.01")}; guessing is 2.303", "loss within 0.1 of He's", Loss("normal:0.01").Median < Loss("he-normal").Median + 0.1),
            LabFinding.Of("PyTorch's default is a good start for deep plain networks", $"16 convolutions: {Loss("pytorch")}", "loss within 0.1 of He's", Loss("pytorch").Median < Loss("he-normal").Median + 0.1),
        ],
        [
            new LabFigure("Loss of 16 convolutions", "step", [.. s_inits.Zip(runs, (init, seen) => LabBench.Losses(init, seen[0]))]),
        ]);
    }

    private static double Deviation(string init)
    {
        Tensor weight = new(new Shape(Fan, Fan));
        Initializers.Parse(init).Fill(weight, new Philox(1, 1));
        double squares = 0;
        foreach (float w in weight.Span)
        {
            squares += (double)w * w;
        }

        return Math.Sqrt(squares / weight.Shape.Count);
    }
}
