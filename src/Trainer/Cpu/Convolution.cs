namespace Gimbal.Trainer.Cpu;

/// <summary>Two-dimensional convolutions and their gradients in float32. Images are N, H, W, C and filters R, S, C/groups, M.</summary>
/// <remarks>
/// <para>3x3 filters without stride go through <see cref="Winograd"/> where that pays; everything else, and everything where
/// <see cref="CpuSteps.IsExact"/> is set, is a product of patches with the filter, block by block. Sums have an order that depends on the extents only:
/// the same bits for every number of threads.</para>
/// <para>Distance to the same convolution in double, as root mean squares, of 2x64x16x16 with 96 filters: 4e-7 of the result by patches, 6e-7 to 1e-6
/// by Winograd; <c>dotnet test tests/Trainer.Tests --filter FullyQualifiedName~Errors_are_as_documented</c> measures both.</para>
/// </remarks>
public static unsafe class Convolution
{
    /// <summary>Appends y = x * w, plus a bias for each output channel.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The extents.</param>
    /// <param name="x">Input, N, H, W, C.</param>
    /// <param name="w">Filter, R, S, C/groups, M.</param>
    /// <param name="bias">[M], or null for none.</param>
    /// <param name="y">Output, N, P, Q, M.</param>
    public static void Forward(CpuSteps steps, ConvGeometry g, float* x, float* w, float* bias, float* y)
    {
        Check(steps, g);
        Forward(steps, g, PixelSource.Plain(x, g.C), w, new PixelTarget { Y = y, Bias = bias, Channels = g.M, Height = g.P, Width = g.Q });
    }

    /// <summary>Appends the gradient of the input.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The extents.</param>
    /// <param name="gradY">Gradient of the output, N, P, Q, M.</param>
    /// <param name="w">Filter, R, S, C/groups, M.</param>
    /// <param name="gradX">Gradient of the input, N, H, W, C.</param>
    public static void GradInput(CpuSteps steps, ConvGeometry g, float* gradY, float* w, float* gradX) => GradInput(
        steps, g, PixelSource.Plain(gradY, g.M), w, new PixelTarget { Y = gradX, Channels = g.C, Height = g.H, Width = g.W });

    /// <summary>Appends the gradient of the filter.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The extents.</param>
    /// <param name="x">Input, N, H, W, C.</param>
    /// <param name="gradY">Gradient of the output, N, P, Q, M.</param>
    /// <param name="gradW">Gradient of the filter, R, S, C/groups, M.</param>
    public static void GradWeight(CpuSteps steps, ConvGeometry g, float* x, float* gradY, float* gradW) =>
        GradWeight(steps, g, PixelSource.Plain(x, g.C), PixelSource.Plain(gradY, g.M), gradW);

    /// <summary>Appends target = source * w.</summary>
    /// <returns>The sums the target asked for.</returns>
    internal static ChunkSums Forward(CpuSteps steps, ConvGeometry g, in PixelSource x, float* w, in PixelTarget y)
    {
        Check(steps, g);
        if (!steps.IsExact && Winograd.PaysForward(g))
        {
            return Winograd.Forward(steps, g, x, w, y);
        }

        Patches patches = InputPatches(g, x.Materialize(steps, g.N * g.H, g.W));
        PatchGrid grid = PatchGrid.Of(patches);
        ChunkSums sums = ChunkSums.Reserve(steps, Correlation.Chunks(g, grid, Transpose.No), y.ChunkFloats);
        Correlation.Emit(steps, "conv_forward", g, grid, w, Transpose.No, y, sums.Pointer);
        return sums;
    }

    /// <summary>Appends the gradient of the input.</summary>
    /// <returns>The sums the target asked for.</returns>
    internal static ChunkSums GradInput(CpuSteps steps, ConvGeometry g, in PixelSource gradY, float* w, in PixelTarget gradX)
    {
        Check(steps, g);
        if (!steps.IsExact && Winograd.PaysGradInput(g))
        {
            return Winograd.GradInput(steps, g, gradY, w, gradX);
        }

        float* pixels = gradY.Materialize(steps, g.N * g.P, g.Q);
        IReadOnlyList<PatchGrid> grids = GradientGrids(g, pixels);
        ChunkSums sums = ChunkSums.Reserve(steps, grids.Sum(grid => Correlation.Chunks(g, grid, Transpose.Yes)), gradX.ChunkFloats);
        float* place = sums.Pointer;
        foreach (PatchGrid grid in grids)
        {
            Correlation.Emit(steps, "conv_grad_input", g, grid, w, Transpose.Yes, gradX, place);
            place += (nint)Correlation.Chunks(g, grid, Transpose.Yes) * gradX.ChunkFloats;
        }

        return sums;
    }

    // Where the stride divides the extents, all remainders have as many pixels, and a chunk stores whole rows; else each remainder goes by itself.
    private static IReadOnlyList<PatchGrid> GradientGrids(ConvGeometry g, float* gradY)
    {
        List<Patches> parts = [];
        for (int i = 0; i < Math.Min(g.StrideH, g.H); i++)
        {
            for (int j = 0; j < Math.Min(g.StrideW, g.W); j++)
            {
                TapAxis rows = TapAxis.Backward(i, g.H, g.P, g.R, g.StrideH, g.PadTop, g.DilationH);
                TapAxis columns = TapAxis.Backward(j, g.W, g.Q, g.S, g.StrideW, g.PadLeft, g.DilationW);
                parts.Add(new Patches(gradY, g.N, g.M, g.GroupM, rows, columns));
            }
        }

        return g.H % g.StrideH == 0 && g.W % g.StrideW == 0 ? [new PatchGrid(parts, g.StrideH, g.StrideW)] : [.. parts.Select(part => PatchGrid.Of(part))];
    }

    /// <summary>Appends the gradient of the filter.</summary>
    internal static void GradWeight(CpuSteps steps, ConvGeometry g, in PixelSource x, in PixelSource gradY, float* gradW)
    {
        Check(steps, g);
        if (!steps.IsExact && Winograd.PaysGradWeight(g))
        {
            Winograd.GradWeight(steps, g, x, gradY, gradW);
            return;
        }

        Patches patches = InputPatches(g, x.Materialize(steps, g.N * g.H, g.W));
        FilterGradient.Emit(steps, g, patches, gradY.Materialize(steps, g.N * g.P, g.Q), gradW);
    }

    /// <summary>Whether the forward pass stores whole 2×2 windows at a time, as a target that pools needs them.</summary>
    internal static bool KeepsWindows(CpuSteps steps, in ConvGeometry g) => !steps.IsExact && Winograd.PaysForward(g);

    private static Patches InputPatches(in ConvGeometry g, float* x) => new(
        x,
        g.N,
        g.C,
        g.GroupC,
        TapAxis.Forward(g.P, g.H, g.R, g.StrideH, g.PadTop, g.DilationH),
        TapAxis.Forward(g.Q, g.W, g.S, g.StrideW, g.PadLeft, g.DilationW));

    private static void Check(CpuSteps steps, in ConvGeometry g)
    {
        ArgumentNullException.ThrowIfNull(steps);
        bool isFilled = g.N > 0 && g.C > 0 && g.H > 0 && g.W > 0 && g.M > 0 && g.R > 0 && g.S > 0 && g.Groups > 0;
        bool isRegular = isFilled && g.StrideH > 0 && g.StrideW > 0 && g.DilationH > 0 && g.DilationW > 0 && g.C % g.Groups == 0 && g.M % g.Groups == 0;
        bool reaches = g.H + g.PadTop + g.PadBottom > g.DilationH * (g.R - 1) && g.W + g.PadLeft + g.PadRight > g.DilationW * (g.S - 1);
        if (!isRegular || !reaches || Math.Min(Math.Min(g.PadTop, g.PadLeft), Math.Min(g.PadBottom, g.PadRight)) < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(g), g, "not a convolution");
        }
    }
}
