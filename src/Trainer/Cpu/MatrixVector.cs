using System.Numerics.Tensors;

namespace Gimbal.Trainer.Cpu;

/// <summary>Products of a row-major matrix and a vector, from either side.</summary>
internal static unsafe class MatrixVector
{
    private const int RowsPerChunk = 16;
    private const int ColumnsPerChunk = 64;

    /// <summary>Appends y[r] = Σ a[r,c]·x[c].</summary>
    public static void Rows(CpuSteps steps, string name, float* a, float* x, float* y, int rows, int columns) =>
        steps.Add(name, &RowChunk, new Args { A = a, X = x, Y = y, Rows = rows, Columns = columns }, (rows + RowsPerChunk - 1) / RowsPerChunk);

    /// <summary>Appends y[c] = Σ a[r,c]·x[r].</summary>
    public static void Columns(CpuSteps steps, string name, float* a, float* x, float* y, int rows, int columns) =>
        steps.Add(name, &ColumnChunk, new Args { A = a, X = x, Y = y, Rows = rows, Columns = columns }, (columns + ColumnsPerChunk - 1) / ColumnsPerChunk);

    private static void RowChunk(Args* args, int chunk, float* scratch)
    {
        int columns = args->Columns;
        ReadOnlySpan<float> x = new(args->X, columns);
        for (int r = chunk * RowsPerChunk; r < Math.Min(args->Rows, (chunk + 1) * RowsPerChunk); r++)
        {
            args->Y[r] = TensorPrimitives.Dot(new ReadOnlySpan<float>(args->A + ((nint)r * columns), columns), x);
        }
    }

    private static void ColumnChunk(Args* args, int chunk, float* scratch)
    {
        int first = chunk * ColumnsPerChunk;
        int count = Math.Min(ColumnsPerChunk, args->Columns - first);
        Span<float> y = new(args->Y + first, count);
        y.Clear();
        for (int r = 0; r < args->Rows; r++)
        {
            TensorPrimitives.MultiplyAdd(new ReadOnlySpan<float>(args->A + ((nint)r * args->Columns) + first, count), args->X[r], y, y);
        }
    }

    private struct Args
    {
        public float* A;
        public float* X;
        public float* Y;
        public int Rows;
        public int Columns;
    }
}
