using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Exponential moving average of weights: a ← a + (1 − d)(w − a) with d = min(Decay, (1 + t)/(10 + t)).</summary>
/// <remarks>Inputs: count t [1], then k values w and k averages a; outputs: the averages that replace a. The warm-up of d lets early averages forget the start.</remarks>
/// <param name="Decay">The largest d, 0 ≤ Decay &lt; 1.</param>
public sealed record EmaUpdate(float Decay) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        int count = (inputs.Count - 1) / 2;
        Rule.Require(count > 0 && inputs.Count == 1 + (2 * count), this, $"{inputs.Count} inputs are not 1 + 2k");
        for (int i = 1; i <= count; i++)
        {
            Rule.Require(inputs[i] == inputs[i + count], this, $"value {inputs[i]} and average {inputs[i + count]} differ");
        }

        return [.. inputs.Skip(1 + count)];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: a difference and a multiply-add.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(3 * OpCost.Elements(outputs), inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        int count = call.Node.Outputs.Count;
        List<Segment> segments = [];
        for (int i = 1; i <= count; i++)
        {
            int length = call.InputShape(i).Count;
            for (int start = 0; start < length; start += Elementwise.ChunkLength)
            {
                segments.Add(new Segment
                {
                    Value = call.Input(i) + start,
                    Average = call.Input(i + count) + start,
                    Count = Math.Min(Elementwise.ChunkLength, length - start),
                });
            }
        }

        Args args = new() { Segments = call.Steps.Table<Segment>([.. segments]), Count = call.Input(0), Decay = Decay };
        call.Steps.Add("ema_update", &AverageSegment, args, segments.Count);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int count = call.Node.Outputs.Count;
        List<CudaSegment> segments = [];
        for (int i = 1; i <= count; i++)
        {
            foreach ((ulong offset, int length) in CudaPieces.Of(call.InputShape(i).Count))
            {
                segments.Add(new CudaSegment(call.Input(i) + offset, call.Input(i + count) + offset, length, 0));
            }
        }

        call.Launches.Add(
            "ema_update_f32", new Blocks(segments.Count), new CudaArgs(call.Launches.Table<CudaSegment>([.. segments]), call.Input(0), Decay, 0));
    }

    private static unsafe void AverageSegment(Args* args, int chunk, float* scratch)
    {
        Segment segment = args->Segments[chunk];
        float share = 1 - Math.Min(args->Decay, (1 + *args->Count) / (10 + *args->Count));
        // The last vector may run into the padding every tensor has, which nobody reads.
        for (int i = 0; i < segment.Count; i += Vector<float>.Count)
        {
            Vector<float> average = Vector.Load(segment.Average + i);
            (average + ((Vector.Load(segment.Value + i) - average) * share)).Store(segment.Average + i);
        }
    }

    private unsafe struct Segment
    {
        public float* Value;
        public float* Average;
        public int Count;
    }

    private unsafe struct Args
    {
        public Segment* Segments;
        public float* Count;
        public float Decay;
    }

    private readonly record struct CudaSegment(ulong Value, ulong Average, int Count, int Padding);

    private readonly record struct CudaArgs(ulong Segments, ulong Count, float Decay, int Padding);
}
