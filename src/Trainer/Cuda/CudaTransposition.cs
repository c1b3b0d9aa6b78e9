namespace Gimbal.Trainer.Cuda;

/// <summary>The launch that transposes images: [images, rows, columns] → [images, columns, rows].</summary>
public static class CudaTransposition
{
    private const int Tile = 32;

    /// <summary>Appends it.</summary>
    public static void Emit(CudaLaunches launches, ulong x, ulong y, int images, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(launches);
        launches.Add(
            "flatten_forward_f32", new Blocks(checked(images * Blocks.Over(rows, Tile) * Blocks.Over(columns, Tile))), new Args(x, y, images, rows, columns, 0));
    }

    private readonly record struct Args(ulong X, ulong Y, int Images, int Rows, int Columns, int Padding);
}
