namespace Gimbal.Trainer.Cpu;

/// <summary>The product of patches with a filter, tile by tile: the forward pass of a convolution and the gradient of its input.</summary>
internal static unsafe class Correlation
{
    /// <summary>Appends the packing of the filter and the product.</summary>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="name">Name of the product's step.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="patches">The left operand.</param>
    /// <param name="w">The filter, [R, S, C/groups, M].</param>
    /// <param name="transpose">No when a sum runs over C/groups, Yes when it runs over M/groups.</param>
    /// <param name="target">The result.</param>
    /// <param name="sums">Sums of the target for each of <see cref="Chunks"/> chunks, zeroed by an earlier step; null where it keeps none.</param>
    public static void Emit(
        CpuSteps steps, string name, in ConvGeometry g, in Patches patches, float* w, Transpose transpose, in PixelTarget target, float* sums)
    {
        MicroKernels kernels = MicroKernels.Best;
        int columns = transpose == Transpose.No ? g.GroupM : g.GroupC;
        var args = new Args
        {
            Patches = patches,
            Filter = w,
            Target = target,
            Sums = sums,
            FilterColumns = g.S,
            FilterTapLength = g.GroupC * g.M,
            FilterRow = g.M,
            Transpose = transpose,
            GroupColumns = columns,
            GroupPanels = CpuMemory.Aligned(Cpu.Panels.Length(kernels, patches.Inner, columns)),
            Tiling = Tiles(g, patches, columns),
        };
        args.Panels = steps.Scratch(g.Groups * args.GroupPanels);
        int taps = patches.Rows.Taps * patches.Columns.Taps;
        if (taps > 0)
        {
            steps.Add("conv_pack_filter", &PackChunk, args, g.Groups * taps);
        }

        steps.Add(name, &ProductChunk, args, args.Tiling.Chunks, args.Tiling.ScratchFloats);
    }

    /// <summary>Chunks of the product's step.</summary>
    public static int Chunks(in ConvGeometry g, in Patches patches, Transpose transpose) =>
        Tiles(g, patches, transpose == Transpose.No ? g.GroupM : g.GroupC).Chunks;

    private static Tiling Tiles(in ConvGeometry g, in Patches patches, int columns) =>
        new(MicroKernels.Best, g.Groups, g.N * patches.Pixels, columns, patches.Inner, hasSharedPanels: true);

    private static void PackChunk(Args* args, int chunk, float* scratch)
    {
        ref readonly Patches patches = ref args->Patches;
        int taps = patches.Rows.Taps * patches.Columns.Taps;
        int group = chunk / taps;
        int tap = chunk % taps;
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
            args->Panels + (group * args->GroupPanels),
            patches.Inner,
            tap * patches.GroupChannels);
    }

    private static void ProductChunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        ref readonly Tiling tiling = ref args->Tiling;
        TilePlace place = tiling.Place(chunk);
        float* panels = args->Panels + (place.Group * args->GroupPanels) + ((nint)place.Column * tiling.AllInner);
        float* tile = scratch + tiling.Tile;
        float* start = scratch + tiling.Start;
        nint rowStart = 0;
        Floats.Clear(start, tiling.PaddedColumns);
        int k = 0;
        do
        {
            int inner = Math.Min(tiling.Inner, tiling.AllInner - k);
            if (inner > 0)
            {
                CopyPatches(args->Patches, place, k, inner, scratch, tiling.RowA, kernels.PaddedRows(place.Rows));
            }

            kernels.Multiply(place.Rows, place.Columns, inner, scratch, tiling.RowA, 1, panels, tiling.AllInner, k, start, rowStart, tile, tiling.PaddedColumns);
            start = tile;
            rowStart = tiling.PaddedColumns;
            k += tiling.Inner;
        }
        while (k < tiling.AllInner);
        Store(args, place, tile, tiling.PaddedColumns, args->Sums + ((nint)chunk * args->Target.ChunkFloats));
    }

    private static void CopyPatches(in Patches patches, in TilePlace place, int k, int inner, float* target, int rowA, int paddedRows)
    {
        patches.Copy(place.Group, place.Row, place.Rows, k, k + inner, target, rowA);
        for (int i = place.Rows; i < paddedRows; i++)
        {
            Floats.Clear(target + (i * rowA), inner);
        }
    }

    private static void Store(Args* args, in TilePlace place, float* tile, int tileRow, float* sums)
    {
        ref readonly TapAxis rows = ref args->Patches.Rows;
        ref readonly TapAxis columns = ref args->Patches.Columns;
        for (int done = 0; done < place.Rows;)
        {
            // Neighbouring pixels of one row of the result.
            int pixel = place.Row + done;
            int i = pixel / columns.Outputs % rows.Outputs;
            int j = pixel % columns.Outputs;
            int run = Math.Min(place.Rows - done, columns.Outputs - j);
            var block = new PixelBlock(
                ImageRow: ((nint)(pixel / args->Patches.Pixels) * args->Target.Height) + rows.Target + (i * rows.TargetStride),
                Rows: 1,
                Column: columns.Target + (j * columns.TargetStride),
                Columns: run,
                ColumnStep: columns.TargetStride,
                Channel: (place.Group * args->GroupColumns) + place.Column,
                Channels: place.Columns);
            args->Target.Write(block, tile + (done * tileRow), tileRow, 0, sums);
            done += run;
        }
    }

    private struct Args
    {
        public Patches Patches;
        public float* Filter;
        public PixelTarget Target;
        public float* Sums;
        public float* Panels;
        public int FilterColumns;
        public int FilterTapLength;
        public int FilterRow;
        public int GroupColumns;
        public Transpose Transpose;
        public long GroupPanels;
        public Tiling Tiling;
    }
}
