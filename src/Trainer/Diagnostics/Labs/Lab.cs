namespace Gimbal.Trainer.Diagnostics;

/// <summary>An experiment that puts what tutorials say of gradients to the test.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Question">What it is about.</param>
/// <param name="Run">Makes it.</param>
public sealed record Lab(string Name, string Question, Func<LabBench, LabReport> Run)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Lab> All { get; } =
    [
        new("vanishing", "What makes a gradient vanish, and what shows it?", VanishingLab.Run),
        new("exploding", "What makes a gradient explode?", ExplodingLab.Run),
        new("init", "Which formula starts weights at the right size?", InitLab.Run),
        new("clipping", "What does clipping do to a step?", ClippingLab.Run),
        new("residual", "What do skips do for the gradient?", ResidualLab.Run),
        new("batchnorm", "What does batch norm do for the gradient?", BatchNormLab.Run),
        new("degradation", "Do deeper plain networks train worse, and residual ones not?", DegradationLab.Run),
    ];
}
