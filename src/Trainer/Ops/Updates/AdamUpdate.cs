using System.Numerics;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>Where Adam applies weight decay.</summary>
public enum DecayForm
{
    /// <summary>λw is added to the gradient: Adam with L2 regularisation.</summary>
    Coupled,

    /// <summary>w ← w·(1 − lr·λ) before the step: AdamW (Loshchilov and Hutter 2019).</summary>
    Decoupled,
}

/// <summary>Adam as in PyTorch: m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ← w − lr/(1 − β₁ᵗ)·m / (√(v/(1 − β₂ᵗ)) + ε).</summary>
/// <param name="Beta1">β₁, decay of the mean, 0 ≤ β₁ &lt; 1.</param>
/// <param name="Beta2">β₂, decay of the mean square, 0 ≤ β₂ &lt; 1.</param>
/// <param name="Epsilon">ε, outside the root.</param>
/// <param name="Form">Adam's or AdamW's decay.</param>
/// <param name="Clip">Limits the gradients first.</param>
/// <param name="WeightDecay">λ.</param>
/// <param name="Norms">Whether norms are taken on the way.</param>
public sealed record AdamUpdate(float Beta1, float Beta2, float Epsilon, DecayForm Form, GradientClip Clip, float WeightDecay, UpdateNorms Norms = UpdateNorms.None)
    : ParameterUpdate(Clip, WeightDecay, Norms)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["exp_avg", "exp_avg_sq"];

    /// <inheritdoc/>
    private protected override long OperationsPerParameter => 17;

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) => Emit(
        call, "adam_update", new Rule { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, IsDecoupled = Form == DecayForm.Decoupled });

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ulong scalars = call.Launches.Scratch(2);
        call.Launches.Add("adam_prepare_f32", new Blocks(1), new CudaPrepareArgs(call.Input(0), call.Input(2), scalars, Beta1, Beta2), block: 32);
        EmitCuda(call, "adam", inputs => new CudaArgs(
            inputs, scalars, CudaClipMode, Clip.Limit, Beta1, Beta2, Epsilon, Form == DecayForm.Decoupled ? 1 : 0));
    }

    private struct Rule : IUpdateRule
    {
        public float Beta1;
        public float Beta2;
        public float Epsilon;
        public bool IsDecoupled;
        private float _added;
        private float _kept;
        private float _step;
        private float _rootScale;

        public void Prepare(float learningRate, float decay, float count)
        {
            _added = IsDecoupled ? 0 : decay;
            _kept = IsDecoupled ? (float)(1 - ((double)learningRate * decay)) : 1;
            _step = (float)(learningRate / (1 - Math.Pow(Beta1, count)));
            _rootScale = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, count)));
        }

        public readonly Vector<float> Invoke(Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            gradient += parameter * _added;
            first = (first * Beta1) + (gradient * (1 - Beta1));
            second = (second * Beta2) + (gradient * gradient * (1 - Beta2));
            return (parameter * _kept) - (first * _step / ((Vector.SquareRoot(second) * _rootScale) + new Vector<float>(Epsilon)));
        }
    }

    private readonly record struct CudaPrepareArgs(ulong Count, ulong LearningRate, ulong Scalars, float Beta1, float Beta2);

    private readonly record struct CudaArgs(
        CudaInputs Inputs, ulong Scalars, int ClipMode, float ClipLimit, float Beta1, float Beta2, float Epsilon, int IsDecoupled);
}
