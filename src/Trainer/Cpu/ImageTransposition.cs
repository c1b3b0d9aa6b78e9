using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cpu;

/// <summary>Transposes each image of a batch as a matrix: what turns channels-last storage into C, H, W order and back.</summary>
public static unsafe class ImageTransposition
{
    /// <summary>Appends y[n] = transpose(x[n]) for n matrices of [rows, columns].</summary>
    public static void Emit(CpuSteps steps, string name, float* x, float* y, int images, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(steps);
        steps.Add(name, &Chunk, new Args { X = x, Y = y, Rows = rows, Columns = columns }, images);
    }

    private static void Chunk(Args* args, int image, float* scratch)
    {
        int count = args->Rows * args->Columns;
        ChannelsLast.Transpose(
            new ReadOnlySpan<float>(args->X + ((long)image * count), count),
            new Span<float>(args->Y + ((long)image * count), count),
            args->Rows,
            args->Columns);
    }

    private struct Args
    {
        public float* X;
        public float* Y;
        public int Rows;
        public int Columns;
    }
}
