namespace Gimbal.Trainer.Cuda;

/// <summary>Sums that a fused convolution leaves for each channel of its result: [chunks][2][channels] floats.</summary>
/// <param name="Partial">Their address.</param>
/// <param name="RowsPerChunk">Pixels summed in a chunk of a forward convolution but the last.</param>
/// <param name="Chunks">How many there are.</param>
public readonly record struct CudaTileSums(ulong Partial, int RowsPerChunk, int Chunks);

/// <summary>What happens to a gradient of a convolution's input before it is stored; addresses, 0 for what is absent.</summary>
public readonly record struct CudaGradTarget
{
    /// <summary>Another gradient that is added.</summary>
    public ulong Skip { get; init; }

    /// <summary>The gradient passes where this is above 0.</summary>
    public ulong Mask { get; init; }

    /// <summary>Coefficients [3,C] by which <see cref="Mask"/> is normalised first.</summary>
    public ulong MaskCoefficients { get; init; }

    /// <summary>Input of the batch norm whose sums are taken.</summary>
    public ulong Input { get; init; }

    /// <summary>Its means [C].</summary>
    public ulong Mean { get; init; }
}

/// <content>Launches of convolution_fused.cu and convolution_fused_bf16.cu.</content>
public static partial class CudaConvolution
{
    /// <summary>Whether fused kernels compute it: others take too many channels at a time for narrow groups.</summary>
    public static bool IsFusable(in CudaConvGeometry g) => !g.HasNarrowGroups;

    /// <summary>Appends y = max(w * x + bias, 0).</summary>
    public static void ForwardRectified(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong w, ulong bias, ulong y) =>
        AddForward(launches, g, new ForwardFusedArgs(x, w, bias, y, 0, g, 1, 0));

    /// <summary>Appends the largest of each 2×2 window of w * x + bias, or of max(w * x + bias, 0), and where in its plane it was found.</summary>
    public static void ForwardPooled(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong w, ulong bias, ulong y, ulong positions, bool rectifies)
    {
        ArgumentNullException.ThrowIfNull(launches);
        Tile tile = Tile.For(launches.Precision, g.Filters);
        launches.Add(
            $"conv_forward_pool_{tile.Suffix}",
            new Blocks(checked(tile.Over(4 * g.N * (g.P / 2) * (g.Q / 2), g.Filters) * g.Groups)),
            new ForwardFusedArgs(x, w, bias, y, positions, g, rectifies ? 1 : 0, 0));
    }

    /// <summary>Appends y = w * x + bias.</summary>
    /// <returns>Mean and squares about it of every chunk and channel of y.</returns>
    public static CudaTileSums ForwardWithMoments(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong w, ulong bias, ulong y)
    {
        ArgumentNullException.ThrowIfNull(launches);
        int rows = Tile.For(launches.Precision, g.Filters).Rows;
        int chunks = Blocks.Over(g.Pixels, rows);
        ulong partial = launches.Scratch(2L * chunks * g.M);
        AddForward(launches, g, new ForwardFusedArgs(x, w, bias, y, partial, g, 0, 0));
        return new CudaTileSums(partial, rows, chunks);
    }

    /// <summary>Appends gradX = what <paramref name="target"/> makes of wᵀ * gradY.</summary>
    /// <returns>Σ gradX and Σ gradX·(input − mean) of every chunk and channel, where the target has an input.</returns>
    public static CudaTileSums GradInputFused(CudaLaunches launches, in CudaConvGeometry g, ulong gradY, ulong w, ulong gradX, in CudaGradTarget target)
    {
        ArgumentNullException.ThrowIfNull(launches);
        Tile tile = Tile.For(launches.Precision, g.Channels);
        int pixels = PixelsOfPhase(g);
        int chunks = checked(Blocks.Over(pixels, tile.Rows) * g.StrideH * g.StrideW);
        ulong partial = target.Input == 0 ? 0 : launches.Scratch(2L * chunks * g.C);
        launches.Add(
            $"conv_grad_input_fused_{tile.Suffix}",
            new Blocks(checked(tile.Over(pixels, g.Channels) * g.StrideH * g.StrideW * g.Groups)),
            new GradInputFusedArgs(gradY, w, gradX, target.Skip, target.Mask, target.MaskCoefficients, target.Input, target.Mean, partial, g));
        return new CudaTileSums(partial, tile.Rows, chunks);
    }

    private static void AddForward(CudaLaunches launches, in CudaConvGeometry g, in ForwardFusedArgs args)
    {
        Tile tile = Tile.For(launches.Precision, g.Filters);
        launches.Add($"conv_forward_fused_{tile.Suffix}", new Blocks(checked(tile.Over(g.Pixels, g.Filters) * g.Groups)), args);
    }

    // What is left besides y: partial sums, or positions.
    private readonly record struct ForwardFusedArgs(ulong X, ulong W, ulong Bias, ulong Y, ulong Other, CudaConvGeometry G, int Rectifies, int Padding);

    private readonly record struct GradInputFusedArgs(
        ulong GradY, ulong W, ulong GradX, ulong Skip, ulong Mask, ulong Coefficients, ulong Input, ulong Mean, ulong Partial, CudaConvGeometry G);
}
