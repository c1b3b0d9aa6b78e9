namespace Gimbal.Trainer.Cpu;

/// <summary>How products are cut into tiles, one chunk of a step each, and where a tile's operands lie in a thread's scratch.</summary>
/// <remarks>Depends on extents and instruction set only, never on the number of threads.</remarks>
internal readonly struct Tiling
{
    // A tile, its block of A and its panels of B take at most about 700 KB: most of a second-level cache.
    private const int MostRows = 144;
    private const int MostColumns = 128;
    private const int MostInner = 576;

    // Panels that stay in the second-level cache are read again for every few rows, so that these stay in the first level.
    private const int ManyPanels = 96 * 1024;
    private const int FewRows = 6 * 1024;

    // Enough chunks to occupy a few cores although operands are then copied more often.
    private const int FewChunks = 8;

    /// <summary>Cuts <paramref name="groups"/> products of [rows, inner] with [inner, columns].</summary>
    /// <param name="kernels">The kernels that will compute the tiles.</param>
    /// <param name="groups">Number of products.</param>
    /// <param name="rows">Rows of each.</param>
    /// <param name="columns">Columns of each.</param>
    /// <param name="inner">Terms of each sum.</param>
    /// <param name="hasSharedPanels">True when all of B is packed beforehand, false when each tile packs its part.</param>
    /// <param name="tiles">Tiles of C that lie in the scratch at the same time.</param>
    public Tiling(in MicroKernels kernels, int groups, int rows, int columns, int inner, bool hasSharedPanels, int tiles = 1)
    {
        Groups = groups;
        AllRows = rows;
        AllColumns = columns;
        AllInner = inner;
        Columns = EvenPart(columns, MostColumns, kernels.WideColumns);
        int mostRows = hasSharedPanels && inner * Columns < ManyPanels ? Math.Clamp(FewRows / Math.Max(1, inner), 2 * kernels.NarrowRows, MostRows) : MostRows;
        Rows = EvenPart(rows, mostRows, kernels.NarrowRows);
        Inner = EvenPart(inner, MostInner, 1);
        while (Chunks < FewChunks && Columns > 2 * kernels.WideColumns)
        {
            Columns = EvenPart(Columns, Columns - 1, kernels.WideColumns);
        }

        while (Chunks < FewChunks && Rows > 2 * kernels.NarrowRows)
        {
            Rows = EvenPart(Rows, Rows - 1, kernels.NarrowRows);
        }

        PaddedColumns = kernels.PaddedColumns(Math.Min(Columns, columns));
        // Rows a power of two apart would push each other out of the cache.
        RowA = (int)CpuMemory.Aligned(Inner) + 16;
        Panels = Rows * RowA;
        Tile = Panels + (int)CpuMemory.Aligned(Inner * PaddedColumns);
        Start = Tile + (int)CpuMemory.Aligned(tiles * Rows * PaddedColumns);
        ScratchFloats = Start + PaddedColumns;
    }

    /// <summary>Number of independent products.</summary>
    public int Groups { get; }

    /// <summary>Rows of a product.</summary>
    public int AllRows { get; }

    /// <summary>Columns of a product.</summary>
    public int AllColumns { get; }

    /// <summary>Terms of a sum.</summary>
    public int AllInner { get; }

    /// <summary>Rows of a tile.</summary>
    public int Rows { get; }

    /// <summary>Columns of a tile.</summary>
    public int Columns { get; }

    /// <summary>Terms added to a tile at a time.</summary>
    public int Inner { get; }

    /// <summary>Columns of a tile rounded up to whole panels.</summary>
    public int PaddedColumns { get; }

    /// <summary>Number of tiles.</summary>
    public int Chunks => Groups * Parts(AllRows, Rows) * Parts(AllColumns, Columns);

    /// <summary>Elements from one row of the block of A, which lies at the beginning of the scratch, to the next.</summary>
    public int RowA { get; }

    /// <summary>Where the panels of B lie in the scratch.</summary>
    public int Panels { get; }

    /// <summary>Where the tile of C lies.</summary>
    public int Tile { get; }

    /// <summary>Where the row that sums start from lies.</summary>
    public int Start { get; }

    /// <summary>Length of the scratch.</summary>
    public int ScratchFloats { get; }

    /// <summary>Size of the parts when <paramref name="total"/> is cut into as few nearly equal parts as fit <paramref name="most"/>, in whole multiples.</summary>
    public static int EvenPart(int total, int most, int multiple)
    {
        int part = Parts(total, Math.Max(1, Parts(total, most)));
        return Math.Max(1, Parts(part, multiple)) * multiple;
    }

    /// <summary>Number of parts of size <paramref name="part"/> that cover <paramref name="total"/>.</summary>
    public static int Parts(int total, int part) => (total + part - 1) / part;

    /// <summary>The place of one tile.</summary>
    public TilePlace Place(int chunk)
    {
        int across = Parts(AllColumns, Columns);
        int down = Parts(AllRows, Rows);
        int row = chunk / across % down * Rows;
        int column = chunk % across * Columns;
        return new TilePlace(chunk / (across * down), row, column, Math.Min(Rows, AllRows - row), Math.Min(Columns, AllColumns - column));
    }
}

/// <summary>One tile of a product.</summary>
/// <param name="Group">Which product.</param>
/// <param name="Row">First row.</param>
/// <param name="Column">First column.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
internal readonly record struct TilePlace(int Group, int Row, int Column, int Rows, int Columns);
