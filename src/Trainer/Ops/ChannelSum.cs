using System.Numerics.Tensors;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Sum over everything but the channel: [N,C,H,W] → [C], [N,K] → [K]. The gradient of a bias.</summary>
/// <remarks>Rows are added in groups of fixed size, the groups in order, so the result does not depend on the number of threads.</remarks>
public sealed record ChannelSum : Op
{
    private const int MostGroups = 64;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(inputs[0].Shape.Rank is 2 or 4, this, $"{inputs[0]} has no channels");
        return [TensorType.Vector(inputs[0].Shape[1])];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int channels = call.OutputShape(0).Count;
        int rows = call.InputShape(0).Count / channels;
        int rowsPerGroup = Math.Max(16, (rows + MostGroups - 1) / MostGroups);
        int groups = (rows + rowsPerGroup - 1) / rowsPerGroup;
        float* partial = call.Steps.Scratch((long)groups * channels);
        call.Steps.Add("channel_sum_groups", &SumGroup, new Args(call.Input(0), partial, rows, channels, rowsPerGroup), groups);
        call.Steps.Add("channel_sum", &SumGroup, new Args(partial, call.Output(0), groups, channels, groups), 1);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int channels = call.OutputShape(0).Count;
        CudaChannels sums = new(call.InputShape(0).Count / channels, channels);
        ulong partial = call.Launches.Scratch((long)sums.Chunks * channels);
        call.Launches.Add("channel_sum_partials_f32", sums.Partials, new PartialsArgs(call.Input(0), partial, sums.Rows, channels, sums.RowsPerChunk, 0));
        call.Launches.Add("channel_sum_forward_f32", sums.Finish, new SumArgs(partial, call.Output(0), channels, sums.Chunks));
    }

    private static unsafe void SumGroup(Args* args, int group, float* scratch)
    {
        int first = group * args->RowsPerGroup;
        int end = Math.Min(args->Rows, first + args->RowsPerGroup);
        Span<float> sum = new(args->Y + ((long)group * args->Channels), args->Channels);
        sum.Clear();
        for (int row = first; row < end; row++)
        {
            TensorPrimitives.Add(sum, new ReadOnlySpan<float>(args->X + ((long)row * args->Channels), args->Channels), sum);
        }
    }

    private readonly unsafe struct Args(float* x, float* y, int rows, int channels, int rowsPerGroup)
    {
        public readonly float* X = x;
        public readonly float* Y = y;
        public readonly int Rows = rows;
        public readonly int Channels = channels;
        public readonly int RowsPerGroup = rowsPerGroup;
    }

    private readonly record struct PartialsArgs(ulong X, ulong Partial, int Rows, int Channels, int RowsPerChunk, int Padding);

    private readonly record struct SumArgs(ulong Partial, ulong Y, int Channels, int Chunks);
}
