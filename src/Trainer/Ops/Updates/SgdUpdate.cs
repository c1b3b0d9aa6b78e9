using System.Numerics;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>How momentum enters the step.</summary>
public enum MomentumForm
{
    /// <summary>w ← w − lr·v.</summary>
    Heavy,

    /// <summary>w ← w − lr·(g + μ·v), after Nesterov.</summary>
    Nesterov,
}

/// <summary>Stochastic gradient descent as in PyTorch: g ← g + λw; v ← μv + g (v starts at g); w ← w − lr·v.</summary>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1. The velocity is kept even for 0, where it equals the gradient.</param>
/// <param name="Form">Heavy ball or Nesterov.</param>
/// <param name="Clip">Limits the gradients first.</param>
/// <param name="WeightDecay">λ, added to the gradient.</param>
/// <param name="Norms">Whether norms are taken on the way.</param>
public sealed record SgdUpdate(float Momentum, MomentumForm Form, GradientClip Clip, float WeightDecay, UpdateNorms Norms = UpdateNorms.None) : ParameterUpdate(Clip, WeightDecay, Norms)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["momentum_buffer"];

    /// <inheritdoc/>
    private protected override long OperationsPerParameter => 7;

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) =>
        Emit(call, "sgd_update", new Rule { Momentum = Momentum, Lookahead = Form == MomentumForm.Nesterov ? Momentum : 0, IsNesterov = Form == MomentumForm.Nesterov });

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        EmitCuda(call, "sgd", inputs => new CudaArgs(inputs, CudaClipMode, Clip.Limit, Momentum, Form == MomentumForm.Nesterov ? 1 : 0));

    private struct Rule : IUpdateRule
    {
        public float Momentum;
        public float Lookahead;
        public bool IsNesterov;
        private float _learningRate;
        private float _decay;

        public void Prepare(float learningRate, float decay, float count) => (_learningRate, _decay) = (learningRate, decay);

        // The velocity starts at zero, so that the first update makes it the gradient without a special case.
        public readonly Vector<float> Invoke(Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            gradient += parameter * _decay;
            first = (first * Momentum) + gradient;
            return parameter - ((IsNesterov ? gradient + (first * Lookahead) : first) * _learningRate);
        }
    }

    private readonly record struct CudaArgs(CudaInputs Inputs, int ClipMode, float ClipLimit, float Momentum, int IsNesterov);
}
