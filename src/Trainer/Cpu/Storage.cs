using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cpu;

/// <summary>The order elements have in memory on the CPU: images N, H, W, C; filters R, S, C, M; everything else as written.</summary>
public static unsafe class Storage
{
    /// <summary>Copies from logical order (N, C, H, W or M, C, R, S) into storage order.</summary>
    public static void Store(TensorType type, ReadOnlySpan<float> logical, float* storage) =>
        Reorder(type, logical, new Span<float>(storage, type.Shape.Count), isStoring: true);

    /// <summary>Copies from storage order into logical order.</summary>
    public static void Load(TensorType type, float* storage, Span<float> logical) =>
        Reorder(type, new ReadOnlySpan<float>(storage, type.Shape.Count), logical, isStoring: false);

    /// <summary>Transposes a [rows, columns] matrix.</summary>
    public static void Transpose(ReadOnlySpan<float> source, Span<float> target, int rows, int columns)
    {
        // Blocks of 16 keep both the rows that are read and those that are written in the first-level cache.
        const int Block = 16;
        for (int r0 = 0; r0 < rows; r0 += Block)
        {
            int r1 = Math.Min(r0 + Block, rows);
            for (int c0 = 0; c0 < columns; c0 += Block)
            {
                int c1 = Math.Min(c0 + Block, columns);
                for (int c = c0; c < c1; c++)
                {
                    for (int r = r0; r < r1; r++)
                    {
                        target[(c * rows) + r] = source[(r * columns) + c];
                    }
                }
            }
        }
    }

    private static void Reorder(TensorType type, ReadOnlySpan<float> from, Span<float> to, bool isStoring)
    {
        Shape shape = type.Shape;
        switch (type.Axes)
        {
            case Axes.Plain:
                from.CopyTo(to);
                break;
            case Axes.Image:
                int plane = shape[2] * shape[3];
                int image = shape[1] * plane;
                (int rows, int columns) = isStoring ? (shape[1], plane) : (plane, shape[1]);
                for (int n = 0; n < shape[0]; n++)
                {
                    Transpose(from.Slice(n * image, image), to.Slice(n * image, image), rows, columns);
                }

                break;
            case Axes.Filter:
                ReverseAxes(from, to, isStoring ? shape[0] : shape[2] * shape[3], shape[1], isStoring ? shape[2] * shape[3] : shape[0]);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "unknown axes");
        }
    }

    // [a, b, c] becomes [c, b, a]: what turns M, C, R·S into R·S, C, M and back.
    private static void ReverseAxes(ReadOnlySpan<float> from, Span<float> to, int a, int b, int c)
    {
        for (int i = 0; i < a; i++)
        {
            for (int j = 0; j < b; j++)
            {
                for (int k = 0; k < c; k++)
                {
                    to[(((k * b) + j) * a) + i] = from[(((i * b) + j) * c) + k];
                }
            }
        }
    }
}
