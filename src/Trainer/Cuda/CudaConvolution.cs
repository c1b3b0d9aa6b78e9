using Gimbal.Trainer.Tensors;

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

/// <summary>Launches of convolution.cu, convolution_bf16.cu and, in every precision, convolution_direct.cu.</summary>
public static partial class CudaConvolution
{
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

        Tile tile = Tile.For(launches.Precision, g.Filters);
        launches.Add($"conv_forward_{tile.Suffix}", new Blocks(checked(tile.Over(g.Pixels, g.Filters) * g.Groups)), args);
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

        Tile tile = Tile.For(launches.Precision, g.Channels);
        launches.Add($"conv_grad_input_{tile.Suffix}", new Blocks(checked(tile.Over(PixelsOfPhase(g), g.Channels) * g.StrideH * g.StrideW * g.Groups)), args);
    }

    /// <summary>Appends gradW = gradY * x.</summary>
    public static void GradWeight(CudaLaunches launches, in CudaConvGeometry g, ulong x, ulong gradY, ulong gradW)
    {
        ArgumentNullException.ThrowIfNull(launches);
        Tile tile = Tile.For(launches.Precision, g.Filters);
        string kernel = g.HasNarrowGroups ? "conv_grad_weight_direct_f32" : $"conv_grad_weight_{tile.Suffix}";
        int tiles = g.HasNarrowGroups ? Blocks.Over(g.M, DirectFilters) * g.Inner : tile.Over(g.Inner, g.Filters) * g.Groups;
        InnerSplits splits = InnerSplits.For(tiles, g.Pixels, CudaProduct.StepOf(g.HasNarrowGroups ? Precision.Float32 : launches.Precision));
        int count = g.M * g.Inner;
        ulong target = splits.Count > 1 ? launches.Scratch((long)count * splits.Count) : gradW;
        launches.Add(kernel, new Blocks(checked(tiles * splits.Count)), new GradWeightArgs(x, gradY, target, g, splits.Steps, splits.Count));
        if (splits.Count > 1)
        {
            CudaProduct.AddSplits(launches, target, 0, gradW, count, splits.Count, count);
        }
    }

    // The pixels a strided convolution reaches by the same taps, at most.
    private static int PixelsOfPhase(in CudaConvGeometry g) => g.N * Blocks.Over(g.H, g.StrideH) * Blocks.Over(g.W, g.StrideW);

    // What a block computes, and how its kernel's name ends: the tiles of convolution.cu and convolution_bf16.cu.
    private readonly record struct Tile(int Rows, int Columns, string Suffix)
    {
        public static Tile For(Precision precision, int columns)
        {
            (int tileRows, int tileColumns) = columns switch
            {
                <= 16 => (256, 16),
                <= 32 => (128, 32),
                <= 64 => (64, 64),
                _ => precision == Precision.Bfloat16 ? (128, 128) : (64, 64),
            };
            return new Tile(tileRows, tileColumns, $"n{tileColumns}_{CudaProduct.TypeOf(precision)}");
        }

        public int Over(int rows, int columns) => Blocks.Over(rows, Rows) * Blocks.Over(columns, Columns);
    }

    private readonly record struct ForwardArgs(ulong X, ulong W, ulong Bias, ulong Y, CudaConvGeometry G);

    private readonly record struct GradInputArgs(ulong GradY, ulong W, ulong GradX, CudaConvGeometry G);

    private readonly record struct GradWeightArgs(ulong X, ulong GradY, ulong GradW, CudaConvGeometry G, int StepsPerSplit, int Splits);
}
