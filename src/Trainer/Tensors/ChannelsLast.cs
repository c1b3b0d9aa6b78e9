namespace Gimbal.Trainer.Tensors;

/// <summary>Brings the channels of images and filters behind their positions and back: [N, C, H·W] ↔ [N, H·W, C].</summary>
public static class ChannelsLast
{
    /// <summary>From logical order (channels second) to storage order (channels last).</summary>
    public static void Store(Shape shape, ReadOnlySpan<float> logical, Span<float> storage) => Each(shape, logical, storage, shape[1], shape[2] * shape[3]);

    /// <summary>From storage order (channels last) to logical order (channels second).</summary>
    public static void Load(Shape shape, ReadOnlySpan<float> storage, Span<float> logical) => Each(shape, storage, logical, shape[2] * shape[3], shape[1]);

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

    private static void Each(Shape shape, ReadOnlySpan<float> from, Span<float> to, int rows, int columns)
    {
        int length = rows * columns;
        for (int n = 0; n < shape[0]; n++)
        {
            Transpose(from.Slice(n * length, length), to.Slice(n * length, length), rows, columns);
        }
    }
}
