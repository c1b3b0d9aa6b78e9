namespace Gimbal.Trainer.Ops;

/// <summary>What limits a gradient before it is used.</summary>
public enum ClipMode
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Each element is held between −limit and limit.</summary>
    Value,

    /// <summary>All gradients are scaled by min(1, limit / (norm + 1e-6)), norm being that of all parameters together.</summary>
    Norm,

    /// <summary>Each unit is scaled on its own by <see cref="AdaptiveClip"/>, ahead of the update; the head is left alone.</summary>
    Adaptive,
}

/// <summary>Clipping fused into the parameter update.</summary>
/// <param name="Mode">What is limited.</param>
/// <param name="Limit">The largest element, norm or ratio, above 0; not used without clipping.</param>
public readonly record struct GradientClip(ClipMode Mode, float Limit);
