using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Optimizers;

/// <summary>How parameters follow their gradients; hyper-parameters and defaults are PyTorch's.</summary>
/// <param name="WeightDecay">λ, on tensors of rank 2 and more: batch norm and biases stay free.</param>
public abstract record Optimizer(float WeightDecay)
{
    /// <summary>The op that does it, with clipping fused in.</summary>
    /// <param name="clip">Limits the gradients.</param>
    /// <param name="norms">Whether the norms of weights and changes are taken on the way.</param>
    public abstract ParameterUpdate ToUpdate(GradientClip clip, UpdateNorms norms = UpdateNorms.None);
}

/// <summary>Stochastic gradient descent.</summary>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1.</param>
/// <param name="Nesterov">Look ahead (needs momentum).</param>
/// <param name="WeightDecay">λ.</param>
public sealed record Sgd(float Momentum = 0, bool Nesterov = false, float WeightDecay = 0) : Optimizer(WeightDecay)
{
    /// <inheritdoc/>
    public override ParameterUpdate ToUpdate(GradientClip clip, UpdateNorms norms = UpdateNorms.None) =>
        new SgdUpdate(Momentum, Nesterov ? MomentumForm.Nesterov : MomentumForm.Heavy, clip, WeightDecay, norms);
}

/// <summary>Adam (Kingma and Ba 2015), weight decay as L2 regularisation.</summary>
/// <param name="Beta1">Decay of the mean.</param>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Epsilon">Added outside the root.</param>
/// <param name="WeightDecay">λ.</param>
public sealed record Adam(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0) : Optimizer(WeightDecay)
{
    /// <inheritdoc/>
    public override ParameterUpdate ToUpdate(GradientClip clip, UpdateNorms norms = UpdateNorms.None) => new AdamUpdate(Beta1, Beta2, Epsilon, DecayForm.Coupled, clip, WeightDecay, norms);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
/// <param name="Beta1">Decay of the mean.</param>
/// <param name="Beta2">Decay of the mean square.</param>
/// <param name="Epsilon">Added outside the root.</param>
/// <param name="WeightDecay">λ.</param>
public sealed record AdamW(float Beta1 = 0.9f, float Beta2 = 0.999f, float Epsilon = 1e-8f, float WeightDecay = 0.01f) : Optimizer(WeightDecay)
{
    /// <inheritdoc/>
    public override ParameterUpdate ToUpdate(GradientClip clip, UpdateNorms norms = UpdateNorms.None) => new AdamUpdate(Beta1, Beta2, Epsilon, DecayForm.Decoupled, clip, WeightDecay, norms);
}

/// <summary>RMSprop (Tieleman and Hinton 2012).</summary>
/// <param name="Alpha">Decay of the mean square.</param>
/// <param name="Epsilon">Added outside the root.</param>
/// <param name="Momentum">μ.</param>
/// <param name="WeightDecay">λ.</param>
public sealed record Rmsprop(float Alpha = 0.99f, float Epsilon = 1e-8f, float Momentum = 0, float WeightDecay = 0) : Optimizer(WeightDecay)
{
    /// <inheritdoc/>
    public override ParameterUpdate ToUpdate(GradientClip clip, UpdateNorms norms = UpdateNorms.None) => new RmspropUpdate(Alpha, Epsilon, Momentum, clip, WeightDecay, norms);
}
