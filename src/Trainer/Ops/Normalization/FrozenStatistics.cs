using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>The half of <see cref="FrozenBatchNormalization"/> that is the same for every element: the coefficients [3,C] of <see cref="Normalize"/>.</summary>
/// <remarks>Inputs: gamma, beta, mean, variance [C]. k₀ = mean, k₁ = γ/√(variance + ε), k₂ = β.</remarks>
/// <param name="Epsilon">ε, inside the root, above 0.</param>
public sealed record FrozenStatistics(float Epsilon) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        TensorType channels = inputs[0];
        Rule.Require(
            channels.Element == ElementType.Float32 && channels.Shape.Rank == 1 && inputs.Skip(1).All(type => type == channels),
            this,
            $"{string.Join(", ", inputs)} are not four vectors of one length");
        NormalizationRule.RequireEpsilon(this, Epsilon);
        return [NormalizationRule.Coefficients(channels, Normalize.Coefficients)];
    }

    /// <inheritdoc/>
    /// <remarks>For each channel: a sum, a root and a quotient.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(3L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        EmitChannels(call, firstInput: 0, call.Output(0));
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        EmitChannels(call, firstInput: 0, call.Output(0));
    }

    /// <summary>Appends the step that computes the coefficients.</summary>
    internal unsafe void EmitChannels(CpuCall call, int firstInput, float* coefficients)
    {
        int channels = call.InputShape(firstInput).Count;
        Args args = new()
        {
            Gamma = call.Input(firstInput),
            Beta = call.Input(firstInput + 1),
            Mean = call.Input(firstInput + 2),
            Variance = call.Input(firstInput + 3),
            Coefficients = coefficients,
            Channels = channels,
            Epsilon = Epsilon,
        };
        call.Steps.Add("frozen_batch_normalization_channels", &PrepareChannels, args, ChannelGroup.Count(channels));
    }

    /// <summary>Appends the launch that computes the coefficients.</summary>
    internal void EmitChannels(CudaCall call, int firstInput, ulong coefficients)
    {
        int channels = call.InputShape(firstInput).Count;
        call.Launches.Add(
            "frozen_batch_normalization_channels_f32",
            new Blocks(Blocks.Over(channels, CudaLaunches.Threads)),
            new CudaArgs(call.Input(firstInput), call.Input(firstInput + 1), call.Input(firstInput + 2), call.Input(firstInput + 3), coefficients, channels, Epsilon));
    }

    private static unsafe void PrepareChannels(Args* args, int group, float* scratch)
    {
        for (int c = ChannelGroup.Start(group); c < ChannelGroup.End(group, args->Channels); c++)
        {
            float scale = (float)(args->Gamma[c] / Math.Sqrt((double)args->Variance[c] + args->Epsilon));
            ChannelGroup.Set(args->Coefficients, args->Channels, c, args->Mean[c], scale, args->Beta[c]);
        }
    }

    private unsafe struct Args
    {
        public float* Gamma;
        public float* Beta;
        public float* Mean;
        public float* Variance;
        public float* Coefficients;
        public int Channels;
        public float Epsilon;
    }

    private readonly record struct CudaArgs(
        ulong Gamma, ulong Beta, ulong Mean, ulong Variance, ulong Coefficients, int Channels, float Epsilon);
}
