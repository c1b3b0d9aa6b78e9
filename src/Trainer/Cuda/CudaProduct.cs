namespace Gimbal.Trainer.Cuda;

/// <summary>Launches of gemm.cu.</summary>
public static class CudaProduct
{
    private const int Tile = 64;

    /// <summary>Appends y = op(a)·op(b) + bias.</summary>
    /// <param name="launches">Where to.</param>
    /// <param name="kernel">Which operands are transposed: <c>gemm_nn_f32</c>, <c>gemm_nt_f32</c>, <c>gemm_tn_f32</c>, <c>gemm_tt_f32</c>.</param>
    /// <param name="a">Address of op(a) [rows, inner], or its transpose.</param>
    /// <param name="b">Address of op(b) [inner, columns], or its transpose.</param>
    /// <param name="bias">Address of [columns]; 0: none.</param>
    /// <param name="y">Address of [rows, columns].</param>
    /// <param name="rows">Rows of y.</param>
    /// <param name="columns">Columns of y.</param>
    /// <param name="inner">What is summed over.</param>
    public static void Emit(CudaLaunches launches, string kernel, ulong a, ulong b, ulong bias, ulong y, int rows, int columns, int inner)
    {
        ArgumentNullException.ThrowIfNull(launches);
        int tiles = Blocks.Over(rows, Tile) * Blocks.Over(columns, Tile);
        InnerSplits splits = InnerSplits.For(tiles, inner);
        int count = checked(rows * columns);
        bool isSplit = splits.Count > 1;
        ulong target = isSplit ? launches.Scratch((long)count * splits.Count) : y;
        launches.Add(kernel, new Blocks(checked(tiles * splits.Count)), new GemmArgs(a, b, isSplit ? 0 : bias, target, rows, columns, inner, splits.Steps, splits.Count, 0));
        if (isSplit)
        {
            AddSplits(launches, target, bias, y, count, splits.Count, columns);
        }
    }

    /// <summary>Appends y[i] = Σ over splits of partial[split][i] + bias[i mod columns], in order of the splits.</summary>
    internal static void AddSplits(CudaLaunches launches, ulong partial, ulong bias, ulong y, int count, int splits, int columns) => launches.Add(
        "split_sum_f32", new Blocks(Blocks.Over(count, CudaLaunches.Threads)), new SplitSumArgs(partial, bias, y, count, splits, columns, 0));

    private readonly record struct GemmArgs(
        ulong A, ulong B, ulong Bias, ulong Y, int Rows, int Columns, int Inner, int StepsPerSplit, int Splits, int Padding);

    private readonly record struct SplitSumArgs(ulong Partial, ulong Bias, ulong Y, int Count, int Splits, int Columns, int Padding);
}

/// <summary>How the inner dimension of a product is cut so that few tiles still fill a device; a matter of shapes alone, so that every device gives the same bits.</summary>
/// <param name="Count">Parts.</param>
/// <param name="Steps">Steps of 16 in each.</param>
internal readonly record struct InnerSplits(int Count, int Steps)
{
    private const int Step = 16;
    private const int WantedBlocks = 264;
    private const int LeastSteps = 16;

    /// <summary>Splits for a product of so many tiles.</summary>
    public static InnerSplits For(int tiles, int inner)
    {
        int steps = Blocks.Over(inner, Step);
        int wanted = Math.Clamp(WantedBlocks / tiles, 1, Math.Max(1, steps / LeastSteps));
        int each = Math.Max(1, Blocks.Over(steps, wanted));
        return new InnerSplits(Math.Max(1, Blocks.Over(steps, each)), each);
    }
}
