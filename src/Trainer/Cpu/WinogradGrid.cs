namespace Gimbal.Trainer.Cpu;

/// <summary>How the tiles of 4x4 outputs of a batch are cut into patches, blocks and chunks.</summary>
/// <remarks>
/// A patch is a rectangle of neighbouring tiles of one image, whose pixels are read once; a block is a run of patches whose tiles are the rows of one
/// matrix product, and a chunk is a run of blocks. Everything depends on extents and instruction set only.
/// </remarks>
internal readonly struct WinogradGrid
{
    private const int Tile = WinogradTransforms.Tile;

    private readonly int _down;
    private readonly int _across;
    private readonly int _patchesDown;
    private readonly int _patchesAcross;

    /// <summary>Cuts the outputs of a batch.</summary>
    /// <param name="images">Number of images.</param>
    /// <param name="rows">Output rows of an image.</param>
    /// <param name="columns">Output columns of an image.</param>
    /// <param name="blockTiles">Tiles of a block, at most and about.</param>
    /// <param name="chunks">Chunks to aim at.</param>
    public WinogradGrid(int images, int rows, int columns, int blockTiles, int chunks)
    {
        (Rows, Columns) = (rows, columns);
        _down = Tiling.Parts(rows, Tile);
        _across = Tiling.Parts(columns, Tile);
        Wide = Tiling.EvenPart(_across, blockTiles, 1);
        Tall = Tiling.EvenPart(_down, Math.Max(1, blockTiles / Wide), 1);
        _patchesDown = Tiling.Parts(_down, Tall);
        _patchesAcross = Tiling.Parts(_across, Wide);
        Patches = images * _patchesDown * _patchesAcross;
        PatchesPerBlock = Math.Min(Patches, Math.Max(1, blockTiles / (Wide * Tall)));
        Blocks = Tiling.Parts(Patches, PatchesPerBlock);
        BlocksPerChunk = Tiling.Parts(Blocks, chunks);
        Chunks = Tiling.Parts(Blocks, BlocksPerChunk);
        Tiles = images * _down * _across;
    }

    /// <summary>Output rows of an image.</summary>
    public int Rows { get; }

    /// <summary>Output columns of an image.</summary>
    public int Columns { get; }

    /// <summary>Rows of tiles of a patch.</summary>
    public int Tall { get; }

    /// <summary>Columns of tiles of a patch.</summary>
    public int Wide { get; }

    /// <summary>Number of patches.</summary>
    public int Patches { get; }

    /// <summary>Patches of a block; the last may have fewer.</summary>
    public int PatchesPerBlock { get; }

    /// <summary>Number of blocks.</summary>
    public int Blocks { get; }

    /// <summary>Blocks of a chunk; the last may have fewer.</summary>
    public int BlocksPerChunk { get; }

    /// <summary>Number of chunks.</summary>
    public int Chunks { get; }

    /// <summary>Number of tiles.</summary>
    public int Tiles { get; }

    /// <summary>Tiles of a block at most.</summary>
    public int BlockTiles => PatchesPerBlock * Tall * Wide;

    /// <summary>First patch of a block; that of the block after the last is the number of patches.</summary>
    public int FirstPatch(int block) => Math.Min(block * PatchesPerBlock, Patches);

    /// <summary>First tile of a block; that of the block after the last is the number of tiles.</summary>
    public int FirstTile(int block) => FirstPatch(block) == Patches ? Tiles : Patch(FirstPatch(block)).Index;

    /// <summary>Whether the outputs of a block are one run of pixels: its patches are as wide as the image.</summary>
    public bool HasRuns => Wide == _across;

    /// <summary>First output pixel of a block, counted through all rows and images; that of the block after the last is the number of pixels.</summary>
    public nint FirstPixel(int block)
    {
        int images = Patches / (_patchesDown * _patchesAcross);
        if (FirstPatch(block) == Patches)
        {
            return (nint)images * Rows * Columns;
        }

        WinogradPatch patch = Patch(FirstPatch(block));
        return (((nint)patch.Image * Rows) + patch.Row) * Columns;
    }

    /// <summary>The place of a patch.</summary>
    public WinogradPatch Patch(int patch)
    {
        int image = patch / (_patchesDown * _patchesAcross);
        int row = patch / _patchesAcross % _patchesDown * Tall;
        int column = patch % _patchesAcross * Wide;
        int tall = Math.Min(Tall, _down - row);
        int index = (((image * _down) + row) * _across) + (tall * column);
        return new WinogradPatch(image, row * Tile, column * Tile, tall, Math.Min(Wide, _across - column), index);
    }
}

/// <summary>A rectangle of neighbouring tiles of one image.</summary>
/// <param name="Image">The image.</param>
/// <param name="Row">First output row.</param>
/// <param name="Column">First output column.</param>
/// <param name="Tall">Rows of tiles.</param>
/// <param name="Wide">Columns of tiles.</param>
/// <param name="Index">Number of its first tile; patches of one block have consecutive tiles.</param>
internal readonly record struct WinogradPatch(int Image, int Row, int Column, int Tall, int Wide, int Index)
{
    /// <summary>Number of tiles.</summary>
    public int Tiles => Tall * Wide;
}
