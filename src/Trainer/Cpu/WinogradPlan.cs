namespace Gimbal.Trainer.Cpu;

/// <summary>How the work of one Winograd convolution, or gradient of one, is cut. Depends on extents and instruction set only.</summary>
internal readonly struct WinogradPlan
{
    // 36 matrices of so many elements, about 2.4 MB, stay near a core: in its second-level cache or its part of the third.
    private const int MostFusedElements = 16 * 1024;

    // Tiles of a block. More make longer products, fewer leave more of the second-level cache to the filter.
    private const int BlockTiles = 32;

    // Chunks to aim at: work for many threads, and each long enough to fetch the next block while the present one is multiplied.
    private const int ManyChunks = 64;

    // Partial sums of the gradient of a filter: as many as keep eight threads busy, fewer where they are large.
    private const int MostSlices = 32;
    private const int FewestSlices = 8;
    private const long MostPartialElements = 1 << 20;

    // Tiles whose planes lie in memory at a time, where blocks are not finished one by one.
    private const int MostRoundTiles = 1024;

    private readonly int _chunksPerRound;

    private WinogradPlan(in WinogradGrid grid, int groups, bool isFused)
    {
        Grid = grid;
        Groups = groups;
        IsFused = isFused;
        int chunkTiles = Math.Max(1, grid.Tiles / grid.Chunks);
        _chunksPerRound = isFused ? grid.Chunks : Tiling.EvenPart(grid.Chunks, Math.Max(1, MostRoundTiles / chunkTiles), 1);
    }

    /// <summary>Plans the forward pass.</summary>
    public static WinogradPlan Forward(in ConvGeometry g) => Product(g, g.P, g.Q);

    /// <summary>Plans the gradient of the input.</summary>
    public static WinogradPlan GradInput(in ConvGeometry g) => Product(g, g.H, g.W);

    /// <summary>Plans the gradient of the filter.</summary>
    public static WinogradPlan GradWeight(in ConvGeometry g)
    {
        long elements = (long)WinogradTransforms.Planes * g.C * g.GroupM;
        int slices = MostSlices;
        while (slices > FewestSlices && slices * elements > MostPartialElements)
        {
            slices /= 2;
        }

        bool isFused = IsSmall(g);
        return new WinogradPlan(new WinogradGrid(g.N, g.P, g.Q, BlockTiles, isFused ? slices : ManyChunks), g.Groups, isFused);
    }

    /// <summary>How the outputs are cut.</summary>
    public WinogradGrid Grid { get; }

    /// <summary>Groups of channels, each with chunks of its own.</summary>
    public int Groups { get; }

    /// <summary>Whether a chunk carries its blocks from pixels to outputs.</summary>
    public bool IsFused { get; }

    /// <summary>Chunks of all steps that store outputs, all rounds together.</summary>
    public int Chunks => Groups * Grid.Chunks;

    /// <summary>Rounds in which all stages follow each other.</summary>
    public int Rounds => Tiling.Parts(Grid.Chunks, _chunksPerRound);

    /// <summary>Tiles of a round at most.</summary>
    public int RoundTiles => Math.Min(_chunksPerRound * Grid.BlocksPerChunk * Grid.BlockTiles, Grid.Tiles);

    /// <summary>First chunk of a round, within a group.</summary>
    public int FirstChunk(int round) => Math.Min(round * _chunksPerRound, Grid.Chunks);

    /// <summary>First block of a chunk within its group.</summary>
    public int FirstBlock(int chunk) => Math.Min(chunk * Grid.BlocksPerChunk, Grid.Blocks);

    /// <summary>First tile of a round.</summary>
    public int FirstTile(int round) => Grid.FirstTile(FirstBlock(FirstChunk(round)));

    private static bool IsSmall(in ConvGeometry g) => g.GroupC * g.GroupM <= MostFusedElements;

    private static WinogradPlan Product(in ConvGeometry g, int rows, int columns) =>
        new(new WinogradGrid(g.N, rows, columns, BlockTiles, ManyChunks), g.Groups, IsSmall(g));
}
