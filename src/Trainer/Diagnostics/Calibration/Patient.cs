using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What is done to the images and labels a patient sees.</summary>
internal enum Diet
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>Labels are drawn at random.</summary>
    RandomLabels,

    /// <summary>Nine of ten images get the label 0.</summary>
    OneLabel,

    /// <summary>One value of each batch is not a number.</summary>
    NaN,

    /// <summary>One value of each batch is infinite.</summary>
    Infinity,

    /// <summary>Every image is 0, as all are once their mean is taken away where they are the same.</summary>
    Constant,
}

/// <summary>A network whose illness is known.</summary>
/// <param name="Name">Unique.</param>
/// <param name="IsHeldOut">Whether its architecture took no part in choosing thresholds.</param>
/// <param name="Network">The network.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="Verdicts">What the doctor may say.</param>
/// <param name="Cause">What the doctor must name.</param>
internal sealed record Patient(string Name, bool IsHeldOut, Func<Network> Network, TrainingOptions Options, IReadOnlyList<Verdict> Verdicts, Cause Cause)
{
    /// <summary>What its images and labels are like.</summary>
    public Diet Diet { get; init; }

    /// <summary>Whether it is sound.</summary>
    public bool IsHealthy => Cause == Cause.None;
}
