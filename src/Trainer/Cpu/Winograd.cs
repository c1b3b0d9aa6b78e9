namespace Gimbal.Trainer.Cpu;

/// <summary>Which convolutions are computed by Winograd's algorithm, and their steps.</summary>
internal static unsafe class Winograd
{
    // Times of the direct way over Winograd's, one thread, AVX-512 (forward, gradient of the input, of the filter), as
    // 'dotnet run -c Release --project tests/Benchmarks -- ops --filter *WinogradBenchmark*' measures them:
    // 16 to 16 channels at 32x32 2.2 2.2 2.4, at 5x5 1.7 1.7 1.4, at 3x3 2.4 2.4 2.2; 64 to 64 at 2x2 0.9 0.9 0.7, at 1x1 0.2: a tile of 36 products
    // must hold 6 pixels of 9.
    private const int FewestPixelsOfTile = 6;

    // 256 to 256 channels with 4 tiles 0.9 0.9 0.5, with 32 tiles 2.0 2.1 2.0: the filter must be transformed for enough tiles.
    private const int FewestTiles = 16;

    // 3 to 16 channels at 32x32 1.2 2.1 1.1, 3 to 64 0.9 2.4 1.4, 4 to 16 1.4 2.3 1.2: a vector of channels is transformed for as few as three. With 3 to 64 the
    // forward pass alone loses, but not with the pooling behind it, for which it keeps whole windows.
    private const int FewestChannels = 3;

    /// <summary>Whether Winograd's F(4x4, 3x3) can compute a convolution at all.</summary>
    public static bool Fits(in ConvGeometry g) => g is { R: 3, S: 3, StrideH: 1, StrideW: 1, DilationH: 1, DilationW: 1 };

    /// <summary>Whether it is the faster way to the forward pass.</summary>
    public static bool PaysForward(in ConvGeometry g) => Pays(g, g.P, g.Q);

    /// <summary>Whether it is the faster way to the gradient of the input.</summary>
    public static bool PaysGradInput(in ConvGeometry g) => Pays(g, g.H, g.W);

    /// <summary>Whether it is the faster way to the gradient of the filter.</summary>
    public static bool PaysGradWeight(in ConvGeometry g) => Pays(g, g.P, g.Q);

    private static bool Pays(in ConvGeometry g, int rows, int columns)
    {
        int tilesOfImage = Tiling.Parts(rows, WinogradTransforms.Tile) * Tiling.Parts(columns, WinogradTransforms.Tile);
        return Fits(g)
            && rows * columns >= FewestPixelsOfTile * tilesOfImage
            && g.N * tilesOfImage >= FewestTiles
            && Math.Min(g.GroupC, g.GroupM) >= FewestChannels;
    }

    /// <summary>Appends the forward pass.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="x">Its input.</param>
    /// <param name="w">Filter, [3, 3, C/groups, M].</param>
    /// <param name="y">Its output.</param>
    /// <returns>The sums the target asked for.</returns>
    public static ChunkSums Forward(CpuSteps steps, in ConvGeometry g, in PixelSource x, float* w, in PixelTarget y)
    {
        var plan = WinogradPlan.Forward(g);
        var source = WinogradSource.Pixels(plan.Grid, x, g.H, g.W, -g.PadTop, -g.PadLeft, g.GroupC);
        var filter = WinogradFilter.Emit(steps, g, w, Transpose.No);
        return WinogradCorrelation.Emit(steps, "conv_forward", plan, filter, source, new WinogradTarget(plan.Grid, y, g.GroupM));
    }

    /// <summary>Appends the gradient of the input: the convolution of the gradient of the output with the filter turned by 180 degrees.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="gradY">Gradient of its output.</param>
    /// <param name="w">Filter, [3, 3, C/groups, M].</param>
    /// <param name="gradX">Gradient of its input.</param>
    /// <returns>The sums the target asked for.</returns>
    public static ChunkSums GradInput(CpuSteps steps, in ConvGeometry g, in PixelSource gradY, float* w, in PixelTarget gradX)
    {
        var plan = WinogradPlan.GradInput(g);
        var source = WinogradSource.Pixels(plan.Grid, gradY, g.P, g.Q, g.PadTop - 2, g.PadLeft - 2, g.GroupM);
        var filter = WinogradFilter.Emit(steps, g, w, Transpose.Yes);
        return WinogradCorrelation.Emit(steps, "conv_grad_input", plan, filter, source, new WinogradTarget(plan.Grid, gradX, g.GroupC));
    }

    /// <summary>Appends the gradient of the filter.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="x">Its input.</param>
    /// <param name="gradY">Gradient of its output.</param>
    /// <param name="gradW">Gradient of its filter, [3, 3, C/groups, M].</param>
    public static void GradWeight(CpuSteps steps, in ConvGeometry g, in PixelSource x, in PixelSource gradY, float* gradW) =>
        WinogradFilterGradient.Emit(steps, g, x, gradY, gradW);
}
