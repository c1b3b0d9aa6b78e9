using System.Numerics;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>RMSprop as in PyTorch: g ← g + λw; s ← αs + (1 − α)g²; b ← μb + g / (√s + ε); w ← w − lr·b.</summary>
/// <param name="Alpha">α, decay of the mean square, 0 ≤ α &lt; 1.</param>
/// <param name="Epsilon">ε, outside the root.</param>
/// <param name="Momentum">μ, 0 ≤ μ &lt; 1; with 0 the buffer is the step itself.</param>
/// <param name="Clip">Limits the gradients first.</param>
/// <param name="WeightDecay">λ, added to the gradient.</param>
/// <param name="Norms">Whether norms are taken on the way.</param>
public sealed record RmspropUpdate(float Alpha, float Epsilon, float Momentum, GradientClip Clip, float WeightDecay, UpdateNorms Norms = UpdateNorms.None)
    : ParameterUpdate(Clip, WeightDecay, Norms)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> StateNames => ["square_avg", "momentum_buffer"];

    /// <inheritdoc/>
    private protected override long OperationsPerParameter => 14;

    /// <inheritdoc/>
    public override void EmitCpu(CpuCall call) =>
        Emit(call, "rmsprop_update", new Rule { Alpha = Alpha, Epsilon = Epsilon, Momentum = Momentum });

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        EmitCuda(call, "rmsprop", inputs => new CudaArgs(inputs, CudaClipMode, Clip.Limit, Alpha, Epsilon, Momentum, 0));

    private struct Rule : IUpdateRule
    {
        public float Alpha;
        public float Epsilon;
        public float Momentum;
        private float _learningRate;
        private float _decay;

        public void Prepare(float learningRate, float decay, float count) => (_learningRate, _decay) = (learningRate, decay);

        public readonly Vector<float> Invoke(Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second)
        {
            gradient += parameter * _decay;
            first = (first * Alpha) + (gradient * gradient * (1 - Alpha));
            second = (second * Momentum) + (gradient / (Vector.SquareRoot(first) + new Vector<float>(Epsilon)));
            return parameter - (second * _learningRate);
        }
    }

    private readonly record struct CudaArgs(CudaInputs Inputs, int ClipMode, float ClipLimit, float Alpha, float Epsilon, float Momentum, int Padding);
}
