namespace Gimbal.Trainer.Cuda;

/// <summary>Grid of the kernels that give each row of a matrix to one warp.</summary>
public static class CudaRows
{
    private const int WarpsPerBlock = CudaLaunches.Threads / 32;

    /// <summary>Blocks that cover <paramref name="rows"/> rows.</summary>
    public static Blocks Over(int rows) => new(Blocks.Over(rows, WarpsPerBlock));
}
