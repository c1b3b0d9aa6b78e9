namespace Gimbal.Trainer.Cpu;

/// <summary>The product of patches with a filter, tile by tile: the forward pass of a convolution and the gradient of its input.</summary>
internal static unsafe class Correlation
{
    /// <summary>Appends the packing of the filter and the product.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="name">Name of the product's step.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="grid">The left operand.</param>
    /// <param name="w">The filter, [R, S, C/groups, M].</param>
    /// <param name="transpose">No when a sum runs over C/groups, Yes when it runs over M/groups.</param>
    /// <param name="target">The result.</param>
    /// <param name="sums">Sums of the target for each of <see cref="Chunks"/> chunks, zeroed by an earlier step; null where it keeps none.</param>
    public static void Emit(
        CpuSteps steps, string name, in ConvGeometry g, PatchGrid grid, float* w, Transpose transpose, in PixelTarget target, float* sums)
    {
        MicroKernels kernels = MicroKernels.Best;
        int columns = transpose == Transpose.No ? g.GroupM : g.GroupC;
        Part[] parts = [.. grid.Parts.Select(patches => new Part
        {
            Patches = patches,
            GroupPanels = CpuMemory.Aligned(Cpu.Panels.Length(kernels, patches.Inner, columns)),
        })];
        var args = new Args
        {
            Filter = w,
            Target = target,
            Sums = sums,
            FilterColumns = g.S,
            FilterTapLength = g.GroupC * g.M,
            FilterRow = g.M,
            Transpose = transpose,
            GroupColumns = columns,
            Groups = g.Groups,
            GridRows = grid.Rows,
            GridColumns = grid.Columns,
            Tiling = Tiles(g, grid, columns),
        };
        foreach (ref Part part in parts.AsSpan())
        {
            part.Panels = steps.Scratch(g.Groups * part.GroupPanels);
        }

        args.Parts = steps.Table<Part>(parts);
        int mostTaps = grid.Parts.Max(patches => patches.Taps);
        if (mostTaps > 0)
        {
            args.PackedTaps = mostTaps;
            steps.Add("conv_pack_filter", &PackChunk, args, parts.Length * g.Groups * mostTaps);
        }

        steps.Add(name, &ProductChunk, args, args.Tiling.Chunks, args.Tiling.ScratchFloats);
    }

    /// <summary>Chunks of the product's step.</summary>
    public static int Chunks(in ConvGeometry g, PatchGrid grid, Transpose transpose) =>
        Tiles(g, grid, transpose == Transpose.No ? g.GroupM : g.GroupC).Chunks;

    private static Tiling Tiles(in ConvGeometry g, PatchGrid grid, int columns) => new(
        MicroKernels.Best, g.Groups, g.N * grid.Parts[0].Pixels, columns, grid.Parts.Max(patches => patches.Inner), hasSharedPanels: true, grid.Parts.Count);

    // One tap of one group of one part; parts with fewer taps than others have chunks without work.
    private static void PackChunk(Args* args, int chunk, float* scratch)
    {
        int tap = chunk % args->PackedTaps;
        int group = chunk / args->PackedTaps % args->Groups;
        ref readonly Part part = ref args->Parts[chunk / args->PackedTaps / args->Groups];
        ref readonly Patches patches = ref part.Patches;
        if (tap >= patches.Taps)
        {
            return;
        }

        int r = patches.Rows.FilterFirst + (tap / patches.Columns.Taps * patches.Rows.FilterStep);
        int s = patches.Columns.FilterFirst + (tap % patches.Columns.Taps * patches.Columns.FilterStep);
        float* matrix = args->Filter + ((nint)((r * args->FilterColumns) + s) * args->FilterTapLength);
        matrix += (nint)group * (args->Transpose == Transpose.No ? args->GroupColumns : patches.GroupChannels);
        Cpu.Panels.Pack(
            MicroKernels.Best,
            matrix,
            args->FilterRow,
            args->Transpose,
            patches.GroupChannels,
            args->GroupColumns,
            part.Panels + (group * part.GroupPanels),
            patches.Inner,
            tap * patches.GroupChannels);
    }

    // The parts of a grid put their pixels between each other's, row by row of the grid.
    private static void ProductChunk(Args* args, int chunk, float* scratch)
    {
        ref readonly Tiling tiling = ref args->Tiling;
        TilePlace place = tiling.Place(chunk);
        float* tile = scratch + tiling.Tile;
        Floats.Clear(scratch + tiling.Start, tiling.PaddedColumns);
        for (int row = 0; row < args->GridRows; row++)
        {
            for (int column = 0; column < args->GridColumns; column++)
            {
                float* first = tile + ((nint)row * args->GridRowLength) + (column * tiling.PaddedColumns);
                Multiply(args, args->Parts[(row * args->GridColumns) + column], place, scratch, first, (nint)args->GridColumns * tiling.PaddedColumns);
            }
        }

        Store(args, place, tile, args->Sums + ((nint)chunk * args->Target.ChunkFloats));
    }

    private static void Multiply(Args* args, in Part part, in TilePlace place, float* scratch, float* tile, nint tileRow)
    {
        MicroKernels kernels = MicroKernels.Best;
        ref readonly Tiling tiling = ref args->Tiling;
        int all = part.Patches.Inner;
        float* panels = part.Panels + (place.Group * part.GroupPanels) + ((nint)place.Column * all);
        float* start = scratch + tiling.Start;
        nint rowStart = 0;
        int k = 0;
        do
        {
            int inner = Math.Min(tiling.Inner, all - k);
            if (inner > 0)
            {
                CopyPatches(part.Patches, place, k, inner, scratch, tiling.RowA, kernels.PaddedRows(place.Rows));
            }

            kernels.Multiply(place.Rows, place.Columns, inner, scratch, tiling.RowA, 1, panels, all, k, start, rowStart, tile, tileRow);
            start = tile;
            rowStart = tileRow;
            k += tiling.Inner;
        }
        while (k < all);
    }

    private static void CopyPatches(in Patches patches, in TilePlace place, int k, int inner, float* target, int rowA, int paddedRows)
    {
        patches.Copy(place.Group, place.Row, place.Rows, k, k + inner, target, rowA);
        for (int i = place.Rows; i < paddedRows; i++)
        {
            Floats.Clear(target + (i * rowA), inner);
        }
    }

    private static void Store(Args* args, in TilePlace place, float* tile, float* sums)
    {
        int padded = args->Tiling.PaddedColumns;
        ref readonly Patches first = ref args->Parts[0].Patches;
        ref readonly TapAxis columns = ref first.Columns;
        for (int done = 0; done < place.Rows;)
        {
            // Neighbouring pixels of one row of the result.
            int pixel = place.Row + done;
            int i = pixel / columns.Outputs % first.Rows.Outputs;
            int j = pixel % columns.Outputs;
            int run = Math.Min(place.Rows - done, columns.Outputs - j);
            for (int row = 0; row < args->GridRows; row++)
            {
                ref readonly TapAxis rows = ref args->Parts[row * args->GridColumns].Patches.Rows;
                var block = new PixelBlock(
                    ImageRow: ((nint)(pixel / first.Pixels) * args->Target.Height) + rows.Target + (i * rows.TargetStride),
                    Rows: 1,
                    Column: columns.Target + (j * columns.TargetStride),
                    Columns: run * args->GridColumns,
                    ColumnStep: columns.TargetStride / args->GridColumns,
                    Channel: (place.Group * args->GroupColumns) + place.Column,
                    Channels: place.Columns);
                args->Target.Write(block, tile + ((nint)row * args->GridRowLength) + ((nint)done * args->GridColumns * padded), padded, 0, sums);
            }

            done += run;
        }
    }

    private struct Part
    {
        public Patches Patches;
        public float* Panels;
        public long GroupPanels;
    }

    private struct Args
    {
        public Part* Parts;
        public int GridRows;
        public int GridColumns;
        public float* Filter;
        public PixelTarget Target;
        public float* Sums;
        public int FilterColumns;
        public int FilterTapLength;
        public int FilterRow;
        public int PackedTaps;
        public int Groups;
        public int GroupColumns;
        public Transpose Transpose;
        public Tiling Tiling;

        public readonly int GridRowLength => Tiling.Rows * GridColumns * Tiling.PaddedColumns;
    }
}
