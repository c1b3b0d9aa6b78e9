using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Adaptive gradient clipping: g ← g·min(1, Limit·max(‖w‖, 1e-3) / ‖g‖) for each unit. Inputs: w, g.</summary>
/// <remarks>
/// A unit is what feeds one output: all taps of an output channel of a filter, one row of a Linear weight, a whole bias.
/// Source: Brock, De, Smith, Simonyan, "High-performance large-scale image recognition without normalization", 2021.
/// </remarks>
/// <param name="Limit">Largest ratio of the norms of gradient and weight, above 0.</param>
public sealed record AdaptiveClip(float Limit) : Op
{
    private const double SmallestWeightNorm = 1e-3;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [Rule.SameTypes(this, inputs)];

    /// <inheritdoc/>
    /// <remarks>For each element: a multiply-add into either norm, and a product.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(5L * outputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        TensorType type = call.Node.Inputs[0].Type;
        int units = type.Shape.Rank > 1 ? type.Shape[0] : 1;
        int perUnit = type.Shape.Count / units;
        // Filters are stored with the output channel innermost, matrices with it outermost.
        (int unitStride, int elementStride) = type.Axes == Axes.Filter ? (1, units) : (perUnit, 1);
        Args args = new()
        {
            Weight = call.Input(0),
            Gradient = call.Input(1),
            Clipped = call.Output(0),
            UnitStride = unitStride,
            ElementStride = elementStride,
            PerUnit = perUnit,
            Limit = Limit,
        };
        call.Steps.Add("adaptive_clip", &ClipUnit, args, units);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape shape = call.InputShape(0);
        int units = shape.Rank > 1 ? shape[0] : 1;
        call.Launches.Add("adaptive_clip_f32", new Blocks(units), new CudaArgs(call.Input(0), call.Input(1), call.Output(0), shape.Count / units, Limit));
    }

    private static unsafe void ClipUnit(Args* args, int unit, float* scratch)
    {
        long first = (long)unit * args->UnitStride;
        double weight = 0;
        double gradient = 0;
        for (int i = 0; i < args->PerUnit; i++)
        {
            long at = first + ((long)i * args->ElementStride);
            weight += (double)args->Weight[at] * args->Weight[at];
            gradient += (double)args->Gradient[at] * args->Gradient[at];
        }

        double largest = args->Limit * Math.Max(Math.Sqrt(weight), SmallestWeightNorm);
        float scale = gradient > largest * largest ? (float)(largest / Math.Sqrt(gradient)) : 1;
        for (int i = 0; i < args->PerUnit; i++)
        {
            long at = first + ((long)i * args->ElementStride);
            args->Clipped[at] = args->Gradient[at] * scale;
        }
    }

    private unsafe struct Args
    {
        public float* Weight;
        public float* Gradient;
        public float* Clipped;
        public int UnitStride;
        public int ElementStride;
        public int PerUnit;
        public float Limit;
    }

    private readonly record struct CudaArgs(ulong Weight, ulong Gradient, ulong Clipped, int PerUnit, float Limit);
}
