namespace Gimbal.Trainer.Cpu;

/// <summary>Dense matrix products in float32.</summary>
public static unsafe class MatrixProduct
{
    /// <summary>Appends C = op(A)·op(B), plus a bias for each column.</summary>
    /// <remarks>
    /// All matrices are row-major without gaps. Each element is one chain of multiply-adds over the inner index, the bias
    /// first: the same bits for every number of threads.
    /// </remarks>
    /// <param name="steps">Where the steps go.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="inner">Terms of each sum.</param>
    /// <param name="a">A, stored [rows, inner], or [inner, rows] when transposed.</param>
    /// <param name="transA">Whether A is stored transposed.</param>
    /// <param name="b">B, stored [inner, columns], or [columns, inner] when transposed.</param>
    /// <param name="transB">Whether B is stored transposed.</param>
    /// <param name="bias">[columns], or null for none.</param>
    /// <param name="c">[rows, columns]; must not overlap the inputs.</param>
    public static void Emit(
        CpuSteps steps, int rows, int columns, int inner, float* a, Transpose transA, float* b, Transpose transB, float* bias, float* c)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inner, 1);
        var tiling = new Tiling(MicroKernels.Best, 1, rows, columns, inner, hasSharedPanels: false);
        var args = new Args { A = a, B = b, Bias = bias, C = c, TransA = transA, TransB = transB, Tiling = tiling };
        steps.Add("matrix_product", &Chunk, args, tiling.Chunks, tiling.ScratchFloats);
    }

    private static void Chunk(Args* args, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        ref readonly Tiling tiling = ref args->Tiling;
        TilePlace place = tiling.Place(chunk);
        bool isPlainA = args->TransA == Transpose.No;
        bool isPlainB = args->TransB == Transpose.No;
        nint rowB = isPlainB ? tiling.AllColumns : tiling.AllInner;
        float* panels = scratch + tiling.Panels;
        float* tile = scratch + tiling.Tile;
        float* start = scratch + tiling.Start;
        nint rowStart = 0;
        BiasRow(args->Bias, place, start, tiling.PaddedColumns);
        for (int k = 0; k < tiling.AllInner; k += tiling.Inner)
        {
            int inner = Math.Min(tiling.Inner, tiling.AllInner - k);
            CopyA(args, place, k, inner, scratch, kernels.PaddedRows(place.Rows));
            float* b = args->B + (isPlainB ? (k * rowB) + place.Column : (place.Column * rowB) + k);
            Panels.Pack(kernels, b, rowB, args->TransB, inner, place.Columns, panels, inner, 0);
            kernels.Multiply(
                place.Rows, place.Columns, inner, scratch, isPlainA ? tiling.RowA : 1, isPlainA ? 1 : tiling.Rows, panels, inner, 0, start, rowStart, tile, tiling.PaddedColumns);
            start = tile;
            rowStart = tiling.PaddedColumns;
        }

        for (int i = 0; i < place.Rows; i++)
        {
            float* row = args->C + ((nint)(place.Row + i) * tiling.AllColumns) + place.Column;
            Floats.Copy(tile + (i * tiling.PaddedColumns), row, place.Columns);
        }
    }

    /// <summary>Writes the row that the sums of a tile start from: its part of the bias, or zeros.</summary>
    private static void BiasRow(float* bias, in TilePlace place, float* row, int paddedColumns)
    {
        Floats.Clear(row, paddedColumns);
        if (bias != null)
        {
            Floats.Copy(bias + place.Column, row, place.Columns);
        }
    }

    // A is copied because its rows may lie a power of two apart, where they would push each other out of the cache.
    private static void CopyA(Args* args, in TilePlace place, int k, int inner, float* target, int paddedRows)
    {
        ref readonly Tiling tiling = ref args->Tiling;
        if (args->TransA == Transpose.Yes)
        {
            for (int i = 0; i < inner; i++)
            {
                float* to = target + ((nint)i * tiling.Rows);
                Floats.Copy(args->A + ((nint)(k + i) * tiling.AllRows) + place.Row, to, place.Rows);
                Floats.Clear(to + place.Rows, paddedRows - place.Rows);
            }

            return;
        }

        for (int i = 0; i < paddedRows; i++)
        {
            // Rows past the end repeat the last one; what they give is not stored.
            int row = place.Row + Math.Min(i, place.Rows - 1);
            Floats.Copy(args->A + ((nint)row * tiling.AllInner) + k, target + ((nint)i * tiling.RowA), inner);
        }
    }

    private struct Args
    {
        public float* A;
        public float* B;
        public float* Bias;
        public float* C;
        public Transpose TransA;
        public Transpose TransB;
        public Tiling Tiling;
    }
}
