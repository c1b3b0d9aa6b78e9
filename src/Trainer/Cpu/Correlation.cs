using System.Runtime.CompilerServices;

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
    /// <param name="bias">One per column, or null.</param>
    /// <param name="y">The result, N, H, W, columns of all groups.</param>
    /// <param name="targetRows">Rows of an image of the result.</param>
    /// <param name="targetColumns">Columns of an image of the result.</param>
    public static void Emit(
        CpuSteps steps, string name, in ConvGeometry g, in Patches patches, float* w, Transpose transpose, float* bias, float* y, int targetRows, int targetColumns)
    {
        MicroKernels kernels = MicroKernels.Best;
        int columns = transpose == Transpose.No ? g.GroupM : g.GroupC;
        var args = new Args
        {
            Patches = patches,
            Filter = w,
            Bias = bias,
            Y = y,
            TargetRows = targetRows,
            TargetColumns = targetColumns,
            FilterColumns = g.S,
            FilterTapLength = g.GroupC * g.M,
            FilterRow = g.M,
            Transpose = transpose,
            GroupColumns = columns,
            GroupPanels = CpuMemory.Aligned(Cpu.Panels.Length(kernels, patches.Inner, columns)),
            Tiling = new Tiling(kernels, g.Groups, g.N * patches.Pixels, columns, patches.Inner, hasSharedPanels: true),
        };
        args.Panels = steps.Scratch(g.Groups * args.GroupPanels);
        int taps = patches.Rows.Taps * patches.Columns.Taps;
        if (taps > 0)
        {
            steps.Add("conv_pack_filter", &PackChunk, args, g.Groups * taps);
        }

        steps.Add(name, &ProductChunk, args, args.Tiling.Chunks, args.Tiling.ScratchFloats);
    }

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
        MatrixProduct.BiasRow(args->Bias == null ? null : args->Bias + (place.Group * args->GroupColumns), place, start, tiling.PaddedColumns);
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
        Store(args, place, tile, tiling.PaddedColumns);
    }

    private static void CopyPatches(in Patches patches, in TilePlace place, int k, int inner, float* target, int rowA, int paddedRows)
    {
        patches.Copy(place.Group, place.Row, place.Rows, k, k + inner, target, rowA);
        for (int i = place.Rows; i < paddedRows; i++)
        {
            Floats.Clear(target + (i * rowA), inner);
        }
    }

    private static void Store(Args* args, in TilePlace place, float* tile, int tileRow)
    {
        ref readonly TapAxis rows = ref args->Patches.Rows;
        ref readonly TapAxis columns = ref args->Patches.Columns;
        int channels = args->Tiling.Groups * args->GroupColumns;
        float* y = args->Y + (place.Group * args->GroupColumns) + place.Column;
        for (int done = 0; done < place.Rows;)
        {
            // Neighbouring pixels of one row of the result.
            int pixel = place.Row + done;
            int i = pixel / columns.Outputs % rows.Outputs;
            int j = pixel % columns.Outputs;
            int run = Math.Min(place.Rows - done, columns.Outputs - j);
            nint row = ((nint)(pixel / args->Patches.Pixels) * args->TargetRows) + rows.Target + (i * rows.TargetStride);
            nint target = ((row * args->TargetColumns) + columns.Target + (j * columns.TargetStride)) * channels;
            CopyRows(tile + (done * tileRow), tileRow, run, place.Columns, y + target, (nint)columns.TargetStride * channels);
            done += run;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRows(float* from, nint fromRow, int rows, int columns, float* to, nint toRow)
    {
        if (columns % Floats.Granule == 0)
        {
            for (int i = 0; i < rows; i++, from += fromRow, to += toRow)
            {
                Floats.CopyGranules(from, to, columns);
            }

            return;
        }

        for (int i = 0; i < rows; i++, from += fromRow, to += toRow)
        {
            Floats.Copy(from, to, columns);
        }
    }

    private struct Args
    {
        public Patches Patches;
        public float* Filter;
        public float* Bias;
        public float* Y;
        public float* Panels;
        public int TargetRows;
        public int TargetColumns;
        public int FilterColumns;
        public int FilterTapLength;
        public int FilterRow;
        public int GroupColumns;
        public Transpose Transpose;
        public long GroupPanels;
        public Tiling Tiling;
    }
}
