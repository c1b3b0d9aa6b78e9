namespace Gimbal.Trainer.Cuda;

/// <summary>Extents of a convolution as its kernels read them; convolution.cuh has the same struct.</summary>
public readonly record struct CudaConvGeometry(
    int N, int C, int H, int W, int M, int R, int S, int P, int Q, int StrideH, int StrideW, int PadTop, int PadLeft, int DilationH, int DilationW, int Groups)
{
    internal int Channels => C / Groups;

    internal int Filters => M / Groups;

    internal int Inner => R * S * Channels;

    internal int Pixels => N * P * Q;

    // A tile of 16 columns would mostly multiply zeros.
    internal bool HasNarrowGroups => Groups > 1 && Math.Min(Channels, Filters) < 8;
}

/// <summary>Launches of convolution.cu and convolution_direct.cu.</summary>
public static class CudaConvolution
{
    private const int TileElements = 4096;

    // Output channels of a block of the direct weight gradient.
    private const int DirectFilters = 32;

    /// <summary>Appends y = w * x + bias.</summary>
    public static void Forward(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong w, ulong bias, ulong y)
    {
        ArgumentNullException.ThrowIfNull(launches);
        ForwardArgs args = new(x, w, bias, y, g);
        if (g.HasNarrowGroups)
        {
            launches.Add("conv_forward_direct_f32", new Blocks(Blocks.Over((long)g.Pixels * g.M, CudaLaunches.Threads)), args);
            return;
        }

        int columns = ColumnsOf(g.Filters);
        launches.Add($"conv_forward_n{columns}_f32", new Blocks(checked(Tiles(g.Pixels, g.Filters, columns) * g.Groups)), args);
    }

    /// <summary>Appends gradX = wᵀ * gradY.</summary>
    public static void GradInput(CudaLaunches launches, in CudaConvGeometry g, ulong gradY, ulong w, ulong gradX)
    {
        ArgumentNullException.ThrowIfNull(launches);
        GradInputArgs args = new(gradY, w, gradX, g);
        if (g.HasNarrowGroups)
        {
            launches.Add("conv_grad_input_direct_f32", new Blocks(Blocks.Over((long)g.N * g.H * g.W * g.C, CudaLaunches.Threads)), args);
            return;
        }

        int columns = ColumnsOf(g.Channels);
        int pixels = g.N * Blocks.Over(g.H, g.StrideH) * Blocks.Over(g.W, g.StrideW);
        launches.Add($"conv_grad_input_n{columns}_f32", new Blocks(checked(Tiles(pixels, g.Channels, columns) * g.StrideH * g.StrideW * g.Groups)), args);
    }

    /// <summary>Appends gradW = gradY * x.</summary>
    public static void GradWeight(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong gradY, ulong gradW)
    {
        ArgumentNullException.ThrowIfNull(launches);
        int columns = ColumnsOf(g.Filters);
        string kernel = g.HasNarrowGroups ? "conv_grad_weight_direct_f32" : $"conv_grad_weight_n{columns}_f32";
        int tiles = g.HasNarrowGroups ? Blocks.Over(g.M, DirectFilters) * g.Inner : Tiles(g.Inner, g.Filters, columns) * g.Groups;
        InnerSplits splits = InnerSplits.For(tiles, g.Pixels);
        int count = g.M * g.Inner;
        ulong target = splits.Count > 1 ? launches.Scratch((long)count * splits.Count) : gradW;
        launches.Add(kernel, new Blocks(checked(tiles * splits.Count)), new GradWeightArgs(x, gradY, target, g, splits.Steps, splits.Count));
        if (splits.Count > 1)
        {
            CudaProduct.AddSplits(launches, target, 0, gradW, count, splits.Count, count);
        }
    }

    private static int ColumnsOf(int columns) => columns <= 16 ? 16 : columns <= 32 ? 32 : 64;

    private static int Tiles(int rows, int columns, int tileColumns) => Blocks.Over(rows, TileElements / tileColumns) * Blocks.Over(columns, tileColumns);

    private readonly record struct ForwardArgs(ulong X, ulong W, ulong Bias, ulong Y, CudaConvGeometry G);

    private readonly record struct GradInputArgs(ulong GradY, ulong W, ulong GradX, CudaConvGeometry G);

    private readonly record struct GradWeightArgs(ulong X, ulong GradY, ulong GradW, CudaConvGeometry G, int StepsPerSplit, int Splits);
}
