using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Counts the updates that took place: inputs count [1], norm [1] → count + 1, or count where the norm is not finite.</summary>
/// <remarks>A float32 counts exactly up to 16,777,216 updates.</remarks>
public sealed record StepCount : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) =>
        call.Steps.Add("step_count", &Advance, new Args { Count = call.Input(0), Norm = call.Input(1), Next = call.Output(0) }, 1);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) =>
        call.Launches.Add("step_count_f32", new Blocks(1), new CudaArgs(call.Input(0), call.Input(1), call.Output(0)), block: 32);

    private static unsafe void Advance(Args* args, int chunk, float* scratch) =>
        *args->Next = *args->Count + (float.IsFinite(*args->Norm) ? 1 : 0);

    private unsafe struct Args
    {
        public float* Count;
        public float* Norm;
        public float* Next;
    }

    private readonly record struct CudaArgs(ulong Count, ulong Norm, ulong Next);
}
