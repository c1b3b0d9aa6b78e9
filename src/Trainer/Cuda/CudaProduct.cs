using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cuda;

/// <summary>Launches of gemm.cu and gemm_bf16.cu.</summary>
public static class CudaProduct
{
    private const int Tile = 64;

    /// <summary>Appends y = op(a)·op(b) + bias.</summary>
    /// <param name="launches">Where to.</param>
    /// <param name="kernel">Which operands are transposed: <c>gemm_nn</c>, <c>gemm_nt</c>, <c>gemm_tn</c>, <c>gemm_tt</c>.</param>
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
        InnerSplits splits = InnerSplits.For(tiles, inner, StepOf(launches.Precision));
        int count = checked(rows * columns);
        bool isSplit = splits.Count > 1;
        ulong target = isSplit ? launches.Scratch((long)count * splits.Count) : y;
        launches.Add($"{kernel}_{TypeOf(launches.Precision)}", new Blocks(checked(tiles * splits.Count)), new GemmArgs(a, b, isSplit ? 0 : bias, target, rows, columns, inner, splits.Steps, splits.Count, 0));
        if (isSplit)
        {
            AddSplits(launches, target, bias, y, count, splits.Count, columns);
        }
    }

    /// <summary>How kernels' names end.</summary>
    internal static string TypeOf(Precision precision) => precision == Precision.Bfloat16 ? "bf16" : "f32";

    /// <summary>Inner elements of a step, as tile_f32.cuh and tile_bf16.cuh have it.</summary>
    internal static int StepOf(Precision precision) => precision == Precision.Bfloat16 ? 32 : 16;

    /// <summary>Appends y[i] = Σ over splits of partial[split][i] + bias[i mod columns], in order of the splits.</summary>
    internal static void AddSplits(CudaLaunches launches, ulong partial, ulong bias, ulong y, int count, int splits, int columns) => launches.Add(
        "split_sum_f32", new Blocks(Blocks.Over(count, CudaLaunches.Threads)), new SplitSumArgs(partial, bias, y, count, splits, columns, 0));

    private readonly record struct GemmArgs(
        ulong A, ulong B, ulong Bias, ulong Y, int Rows, int Columns, int Inner, int StepsPerSplit, int Splits, int Padding);

    private readonly record struct SplitSumArgs(ulong Partial, ulong Bias, ulong Y, int Count, int Splits, int Columns, int Padding);
}

/// <summary>How the inner dimension of a product is cut so that few tiles still fill a device; a matter of shapes alone, so that every device gives the same bits.</summary>
/// <param name="Count">Parts.</param>
/// <param name="Steps">Steps in each.</param>
internal readonly record struct InnerSplits(int Count, int Steps)
{
    private const int WantedBlocks = 264;
    private const int LeastInner = 256;

    /// <summary>Splits for a product of so many tiles.</summary>
    /// <param name="tiles">Blocks of one split.</param>
    /// <param name="inner">What is cut.</param>
    /// <param name="step">Inner elements of a step; divides 256.</param>
    public static InnerSplits For(int tiles, int inner, int step)
    {
        int steps = Blocks.Over(inner, step);
        int wanted = Math.Clamp(WantedBlocks / tiles, 1, Math.Max(1, steps / (LeastInner / step)));
        int each = Math.Max(1, Blocks.Over(steps, wanted));
        return new InnerSplits(Math.Max(1, Blocks.Over(steps, each)), each);
    }
}
