using System.Numerics.Tensors;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record SpectralNormalization
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        SpectralMatrix w = SpectralMatrix.Of(call.Node.Inputs[0].Type, call.Input(0));
        float* u = call.Output(1);
        float* v = call.Output(2);
        if (Iterations == 0)
        {
            Copy(call.Steps, call.Input(1), u, w.Outputs);
            Copy(call.Steps, call.Input(2), v, w.Inputs);
        }

        for (int i = 0; i < Iterations; i++)
        {
            w.TimesOutputs(call.Steps, i == 0 ? call.Input(1) : u, v);
            call.Steps.Add("spectral_normalize", &Normalize, new VectorArgs { X = v, Count = w.Inputs, Epsilon = Epsilon }, 1);
            w.TimesInputs(call.Steps, v, u);
            call.Steps.Add("spectral_normalize", &Normalize, new VectorArgs { X = u, Count = w.Outputs, Epsilon = Epsilon }, 1);
        }

        float* product = call.Steps.Scratch(w.Outputs);
        w.TimesInputs(call.Steps, v, product);
        call.Steps.Add("spectral_sigma", &Dot, new VectorArgs { X = product, Other = u, Result = call.Output(3), Count = w.Outputs }, 1);
        int count = call.InputShape(0).Count;
        call.Steps.Add(
            "spectral_divide", &Divide, new DivideArgs { X = call.Input(0), Sigma = call.Output(3), Y = call.Output(0), Count = count }, Elementwise.Chunks(count));
    }

    private static unsafe void Copy(CpuSteps steps, float* from, float* to, int count)
    {
        // Where the result replaces the operand there is nothing to do.
        if (from != to)
        {
            Elementwise.Map(steps, "spectral_copy", from, to, count, default(Identity));
        }
    }

    private static unsafe void Normalize(VectorArgs* args, int chunk, float* scratch)
    {
        Span<float> x = new(args->X, args->Count);
        TensorPrimitives.Divide(x, Math.Max(TensorPrimitives.Norm(x), args->Epsilon), x);
    }

    private static unsafe void Dot(VectorArgs* args, int chunk, float* scratch) =>
        *args->Result = TensorPrimitives.Dot(new ReadOnlySpan<float>(args->X, args->Count), new ReadOnlySpan<float>(args->Other, args->Count));

    private static unsafe void Divide(DivideArgs* args, int chunk, float* scratch)
    {
        int first = chunk * Elementwise.ChunkLength;
        int count = Math.Min(Elementwise.ChunkLength, args->Count - first);
        TensorPrimitives.Divide(new ReadOnlySpan<float>(args->X + first, count), *args->Sigma, new Span<float>(args->Y + first, count));
    }

    private unsafe struct VectorArgs
    {
        public float* X;
        public float* Other;
        public float* Result;
        public int Count;
        public float Epsilon;
    }

    private unsafe struct DivideArgs
    {
        public float* X;
        public float* Sigma;
        public float* Y;
        public int Count;
    }

    private readonly struct Identity : IUnaryMap
    {
        public float Invoke(float x) => x;

        public System.Numerics.Vector<float> Invoke(System.Numerics.Vector<float> x) => x;
    }
}

public sealed partial record SpectralNormalizationGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        SpectralMatrix y = SpectralMatrix.Of(call.Node.Inputs[0].Type, call.Input(0));
        Args args = new()
        {
            Y = call.Input(0),
            RowFactors = y.IsTransposed ? call.Input(2) : call.Input(1),
            ColumnFactors = y.IsTransposed ? call.Input(1) : call.Input(2),
            Sigma = call.Input(3),
            GradY = call.Input(4),
            GradW = call.Output(0),
            Products = call.Steps.Scratch(y.Rows),
            Rows = y.Rows,
            Columns = y.Columns,
        };
        call.Steps.Add("spectral_grad_products", &RowProduct, args, y.Rows);
        call.Steps.Add("spectral_grad", &GradRow, args, y.Rows);
    }

    private static unsafe void RowProduct(Args* args, int row, float* scratch)
    {
        nint first = (nint)row * args->Columns;
        args->Products[row] = TensorPrimitives.Dot(
            new ReadOnlySpan<float>(args->GradY + first, args->Columns), new ReadOnlySpan<float>(args->Y + first, args->Columns));
    }

    private static unsafe void GradRow(Args* args, int row, float* scratch)
    {
        nint first = (nint)row * args->Columns;
        // Each row adds up the products anew: a few hundred terms, and no step of a single chunk.
        float product = TensorPrimitives.Sum(new ReadOnlySpan<float>(args->Products, args->Rows));
        Span<float> grad = new(args->GradW + first, args->Columns);
        TensorPrimitives.MultiplyAdd(
            new ReadOnlySpan<float>(args->ColumnFactors, args->Columns),
            -product * args->RowFactors[row],
            new ReadOnlySpan<float>(args->GradY + first, args->Columns),
            grad);
        TensorPrimitives.Divide(grad, *args->Sigma, grad);
    }

    private unsafe struct Args
    {
        public float* Y;
        public float* RowFactors;
        public float* ColumnFactors;
        public float* Sigma;
        public float* GradY;
        public float* GradW;
        public float* Products;
        public int Rows;
        public int Columns;
    }
}
