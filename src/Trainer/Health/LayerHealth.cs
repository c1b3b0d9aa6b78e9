namespace Gimbal.Trainer.Health;

/// <summary>One layer with weights in one step.</summary>
/// <param name="Layer">Path of the layer: <c>layer1.0.conv1</c>.</param>
/// <param name="Activation">What the layer hands on, behind its batch norm, its residual sum and its activation where it has them.</param>
/// <param name="Gradient">dL/d(pre-activation): the gradient that arrives at the layer's output, behind its batch norm where it has one, in front of its activation.</param>
/// <param name="WeightNorm">Norm of the weight before the update.</param>
/// <param name="WeightGradientNorm">Norm of dL/d(weight) before clipping.</param>
/// <param name="UpdateNorm">Norm of the weight's change in this step.</param>
public sealed record LayerHealth(
    string Layer, SignalStatistics Activation, SignalStatistics Gradient, double WeightNorm, double WeightGradientNorm, double UpdateNorm)
{
    /// <summary>Size of the update beside the weight's; about 1e-3 in a healthy run.</summary>
    public double UpdateRatio => UpdateNorm / WeightNorm;
}
