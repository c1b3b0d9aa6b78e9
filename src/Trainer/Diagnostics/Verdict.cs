namespace Gimbal.Trainer.Diagnostics;

/// <summary>What ails a network.</summary>
public enum Verdict
{
    /// <summary>Nothing that can be seen.</summary>
    Healthy,

    /// <summary>The backward signal shrinks on its way to the first layer.</summary>
    Vanishing,

    /// <summary>The backward signal grows on its way to the first layer, or the forward signal on its way to the logits.</summary>
    Exploding,

    /// <summary>Units that are 0 for every image: nothing passes them, forward or back.</summary>
    Dead,

    /// <summary>Units at the flat end of a sigmoid or tanh.</summary>
    Saturated,

    /// <summary>The loss grows, or stops being a number.</summary>
    Unstable,

    /// <summary>Signals are sound, but the weights hardly move.</summary>
    Degraded,

    /// <summary>Values that are infinite or not a number ahead of the first update.</summary>
    NonFinite,
}

/// <summary>How bad it is.</summary>
public enum Severity
{
    /// <summary>Nothing to do.</summary>
    Ok,

    /// <summary>It trains, worse than it could.</summary>
    Warning,

    /// <summary>It does not train.</summary>
    Critical,
}

/// <summary>Why.</summary>
public enum Cause
{
    /// <summary>Nothing found.</summary>
    None,

    /// <summary>Weights are smaller than √(2/fan_in), or what the activation wants in its place.</summary>
    InitTooSmall,

    /// <summary>Weights are larger than that.</summary>
    InitTooLarge,

    /// <summary>PyTorch's default, U(±1/√fan_in): 0.41 per layer under ReLU.</summary>
    PytorchDefaultInit,

    /// <summary>Xavier's variance 2/(fan_in + fan_out) under ReLU: 0.71 per layer.</summary>
    XavierUnderRelu,

    /// <summary>√(6/fan_in) times a standard normal, as tutorials have it: 1.73 per layer.</summary>
    UniformBoundTimesNormal,

    /// <summary>Weights are 0.</summary>
    ZeroInit,

    /// <summary>A sigmoid's slope is 1/4 at most.</summary>
    SigmoidSlope,

    /// <summary>Batch norm in a deep network without skips: √(π/(π − 1)) = 1.21 per layer.</summary>
    BatchNormWithoutSkips,

    /// <summary>Sums of residual blocks without normalisation: √2 per block.</summary>
    ResidualWithoutNorm,

    /// <summary>Units are dead at the start: their biases are far below 0.</summary>
    DeadAtStart,

    /// <summary>Steps are too large.</summary>
    LearningRateTooHigh,

    /// <summary>Steps are too small.</summary>
    LearningRateTooLow,

    /// <summary>Clipping cuts nearly every gradient to a fraction.</summary>
    ClipTooLow,

    /// <summary>The images hold values that are not finite.</summary>
    NonFiniteInput,

    /// <summary>The images are all the same.</summary>
    ConstantInput,
}
