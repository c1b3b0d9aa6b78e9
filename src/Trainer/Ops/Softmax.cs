using System.Numerics.Tensors;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>y = exp(x) / Σ exp(x) along each row of [N,K], shifted by the row's maximum so that nothing overflows. ONNX Softmax-13.</summary>
public sealed record Softmax : ForwardOp
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Matrix(this, "x", inputs[0]);
        return [inputs[0]];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: maximum, shift, exponential, sum, division.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(5L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape x = call.InputShape(0);
        Args args = new() { X = call.Input(0), Y = call.Output(0), Columns = x[1], Chunks = new RowChunks(x[0], x[1]) };
        call.Steps.Add("softmax_forward", &Chunk, args, args.Chunks.Count);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape x = call.InputShape(0);
        call.Launches.Add("softmax_forward_f32", CudaRows.Over(x[0]), new CudaArgs(call.Input(0), call.Output(0), x[0], x[1]));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Value?> Gradient(GraphBuilder graph, Node node, IReadOnlyList<Value?> gradients) =>
        [graph.Add(new SoftmaxGrad(), node.Outputs[0], gradients[0]!)];

    /// <inheritdoc/>
    public override IReadOnlyList<OnnxNode> ToOnnx(OnnxCall call) => [new("Softmax", call.Inputs, call.Outputs, new OnnxAttribute("axis", 1L))];

    private static unsafe void Chunk(Args* args, int chunk, float* scratch)
    {
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            ReadOnlySpan<float> x = new(args->X + ((long)row * args->Columns), args->Columns);
            Span<float> y = new(args->Y + ((long)row * args->Columns), args->Columns);
            TensorPrimitives.Subtract(x, TensorPrimitives.Max(x), y);
            TensorPrimitives.Exp(y, y);
            TensorPrimitives.Divide(y, TensorPrimitives.Sum(y), y);
        }
    }

    private unsafe struct Args
    {
        public float* X;
        public float* Y;
        public int Columns;
        public RowChunks Chunks;
    }

    private readonly record struct CudaArgs(ulong X, ulong Y, int Rows, int Classes);
}

/// <summary>gradX = y · (gradY − Σ gradY·y) along each row. Inputs: y, gradY [N,K].</summary>
public sealed record SoftmaxGrad : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Matrix(this, "y", inputs[0]);
        return [Rule.SameTypes(this, inputs)];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: a multiply-add into the sum, a difference, a product.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(4L * inputs[0].Shape.Count, inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape y = call.InputShape(0);
        Args args = new() { Y = call.Input(0), GradY = call.Input(1), GradX = call.Output(0), Columns = y[1], Chunks = new RowChunks(y[0], y[1]) };
        call.Steps.Add("softmax_grad", &Chunk, args, args.Chunks.Count);
    }

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        Shape y = call.InputShape(0);
        call.Launches.Add("softmax_grad_f32", CudaRows.Over(y[0]), new CudaArgs(call.Input(0), call.Input(1), call.Output(0), y[0], y[1]));
    }

    private static unsafe void Chunk(Args* args, int chunk, float* scratch)
    {
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            long start = (long)row * args->Columns;
            ReadOnlySpan<float> y = new(args->Y + start, args->Columns);
            ReadOnlySpan<float> gradY = new(args->GradY + start, args->Columns);
            Span<float> gradX = new(args->GradX + start, args->Columns);
            TensorPrimitives.Subtract(gradY, TensorPrimitives.Dot(y, gradY), gradX);
            TensorPrimitives.Multiply(gradX, y, gradX);
        }
    }

    private unsafe struct Args
    {
        public float* Y;
        public float* GradY;
        public float* GradX;
        public int Columns;
        public RowChunks Chunks;
    }

    private readonly record struct CudaArgs(ulong Y, ulong GradY, ulong GradX, int Rows, int Classes);
}
