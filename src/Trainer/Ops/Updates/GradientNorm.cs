using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Euclidean norms: of all inputs together [1], and of each input [k]. Not a number or infinite if any element is.</summary>
/// <remarks>Squares are summed in double, in chunks of fixed size, the chunks in order.</remarks>
public sealed record GradientNorm : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(inputs.Count > 0, this, "there is nothing to measure");
        return [TensorType.Vector(1), TensorType.Vector(inputs.Count)];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: a multiply-add.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2 * OpCost.Elements(inputs), inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        List<Segment> segments = [];
        for (int i = 0; i < call.Node.Inputs.Count; i++)
        {
            int count = call.InputShape(i).Count;
            for (int start = 0; start < count; start += Elementwise.ChunkLength)
            {
                segments.Add(new Segment { X = call.Input(i) + start, Count = Math.Min(Elementwise.ChunkLength, count - start), Tensor = i });
            }
        }

        Args args = new()
        {
            Segments = call.Steps.Table<Segment>([.. segments]),
            Squares = (double*)call.Steps.Scratch(2L * segments.Count),
            Norm = call.Output(0),
            Norms = call.Output(1),
            Count = segments.Count,
            Tensors = call.Node.Inputs.Count,
        };
        call.Steps.Add("gradient_norm_squares", &SumSquares, args, segments.Count);
        call.Steps.Add("gradient_norm", &SumSegments, args, 1);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        int tensors = call.Node.Inputs.Count;
        List<CudaSegment> segments = [];
        List<int> starts = [];
        for (int i = 0; i < tensors; i++)
        {
            starts.Add(segments.Count);
            foreach ((ulong offset, int length) in CudaPieces.Of(call.InputShape(i).Count))
            {
                segments.Add(new CudaSegment(call.Input(i) + offset, length, 0));
            }
        }

        starts.Add(segments.Count);
        ulong squares = call.Launches.Scratch(2L * segments.Count);
        call.Launches.Add(
            "gradient_norm_squares_f32", new Blocks(segments.Count), new CudaSquaresArgs(call.Launches.Table<CudaSegment>([.. segments]), squares));
        call.Launches.Add(
            "gradient_norm_f32",
            new Blocks(tensors + 1),
            new CudaArgs(squares, call.Launches.Table<int>([.. starts]), call.Output(0), call.Output(1), tensors, 0));
    }

    private static unsafe void SumSquares(Args* args, int chunk, float* scratch)
    {
        Segment segment = args->Segments[chunk];
        Vector<double> low = Vector<double>.Zero;
        Vector<double> high = Vector<double>.Zero;
        int i = 0;
        for (; i <= segment.Count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(segment.X + i), out Vector<double> a, out Vector<double> b);
            low += a * a;
            high += b * b;
        }

        double sum = Vector.Sum(low + high);
        for (; i < segment.Count; i++)
        {
            sum += (double)segment.X[i] * segment.X[i];
        }

        args->Squares[chunk] = sum;
    }

    private static unsafe void SumSegments(Args* args, int chunk, float* scratch)
    {
        new Span<float>(args->Norms, args->Tensors).Clear();
        double total = 0;
        double tensor = 0;
        for (int i = 0; i < args->Count; i++)
        {
            total += args->Squares[i];
            tensor += args->Squares[i];
            if (i + 1 == args->Count || args->Segments[i + 1].Tensor != args->Segments[i].Tensor)
            {
                args->Norms[args->Segments[i].Tensor] = (float)Math.Sqrt(tensor);
                tensor = 0;
            }
        }

        *args->Norm = (float)Math.Sqrt(total);
    }

    private unsafe struct Segment
    {
        public float* X;
        public int Count;
        public int Tensor;
    }

    private unsafe struct Args
    {
        public Segment* Segments;
        public double* Squares;
        public float* Norm;
        public float* Norms;
        public int Count;
        public int Tensors;
    }

    private readonly record struct CudaSegment(ulong X, int Count, int Padding);

    private readonly record struct CudaSquaresArgs(ulong Segments, ulong Squares);

    private readonly record struct CudaArgs(ulong Squares, ulong Starts, ulong Norm, ulong Norms, int Tensors, int Padding);
}
