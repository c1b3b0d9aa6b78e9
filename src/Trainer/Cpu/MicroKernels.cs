using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

// Kernels keep small tables on the stack; zeroing those on every call would cost more than the work.
[module: SkipLocalsInit]

namespace Gimbal.Trainer.Cpu;

/// <summary>The matrix kernels of one instruction set: C = start + A·B for tiles that fit the caches, with B in packed panels.</summary>
/// <remarks>
/// A generated kernel computes a few rows times one panel in registers. Every element is one chain of multiply-adds in the
/// order of the inner index, so a result depends on the instruction set but never on its place in a tile.
/// </remarks>
internal readonly unsafe struct MicroKernels
{
    /// <summary>The widest set this processor has.</summary>
    public static readonly MicroKernels Best =
        Vector512.IsHardwareAccelerated ? MicroKernels512.Set
        : Vector256.IsHardwareAccelerated ? MicroKernels256.Set
        : Vector128.IsHardwareAccelerated ? MicroKernels128.Set
        : MicroKernels32.Set;

    /// <summary>Columns of a panel of B; the last panel of a matrix may be <see cref="NarrowColumns"/> wide.</summary>
    public int WideColumns { get; init; }

    /// <summary>Columns of a narrow panel.</summary>
    public int NarrowColumns { get; init; }

    /// <summary>Rows a kernel for wide panels computes at a time.</summary>
    public int WideRows { get; init; }

    /// <summary>Rows a kernel for narrow panels computes at a time.</summary>
    public int NarrowRows { get; init; }

    /// <summary>Rows the kernels for what is left computes at a time.</summary>
    public int ShortRows { get; init; }

    /// <summary><see cref="WideRows"/> times a wide panel.</summary>
    public delegate*<nint, float*, nint, nint, float*, float*, nint, float*, nint, void> Wide { get; init; }

    /// <summary><see cref="ShortRows"/> times a wide panel.</summary>
    public delegate*<nint, float*, nint, nint, float*, float*, nint, float*, nint, void> WideShort { get; init; }

    /// <summary><see cref="NarrowRows"/> times a narrow panel.</summary>
    public delegate*<nint, float*, nint, nint, float*, float*, nint, float*, nint, void> Narrow { get; init; }

    /// <summary><see cref="ShortRows"/> times a narrow panel.</summary>
    public delegate*<nint, float*, nint, nint, float*, float*, nint, float*, nint, void> NarrowShort { get; init; }

    /// <summary>Rounds rows up to whole groups of <see cref="ShortRows"/>.</summary>
    public int PaddedRows(int rows) => (rows + ShortRows - 1) / ShortRows * ShortRows;

    /// <summary>Rounds columns up to whole panels.</summary>
    public int PaddedColumns(int columns)
    {
        int rest = columns % WideColumns;
        return columns - rest + (rest == 0 ? 0 : PanelColumns(rest));
    }

    /// <summary>Width of the panel that begins where <paramref name="columnsLeft"/> columns are left.</summary>
    public int PanelColumns(int columnsLeft) => columnsLeft > NarrowColumns ? WideColumns : NarrowColumns;

    /// <summary>Computes C[i, j] = start[i, j] + sum over k of A[i, k]·B[k, j].</summary>
    /// <param name="rows">Rows of C; <see cref="PaddedRows"/> of A and C are touched.</param>
    /// <param name="columns">Columns of C; <see cref="PaddedColumns"/> of start and C are touched.</param>
    /// <param name="inner">Terms of each sum; 0 copies start.</param>
    /// <param name="a">First element of A.</param>
    /// <param name="rowA">Elements from A[i, k] to A[i + 1, k].</param>
    /// <param name="stepA">Elements from A[i, k] to A[i, k + 1].</param>
    /// <param name="b">Panels of B, from that of the first column on.</param>
    /// <param name="panelInner">Rows of each panel, which may be more than are summed here.</param>
    /// <param name="firstInner">Row of the panels where the sums begin.</param>
    /// <param name="start">What is added: C itself, or one row for all (a bias) when <paramref name="rowStart"/> is 0.</param>
    /// <param name="rowStart">Elements from one row of start to the next.</param>
    /// <param name="c">First element of C.</param>
    /// <param name="rowC">Elements from one row of C to the next.</param>
    public void Multiply(
        int rows, int columns, int inner, float* a, nint rowA, nint stepA, float* b, int panelInner, int firstInner, float* start, nint rowStart, float* c, nint rowC)
    {
        for (int j = 0; j < columns; j += WideColumns)
        {
            bool isWide = PanelColumns(columns - j) == WideColumns;
            int tallRows = isWide ? WideRows : NarrowRows;
            var tall = isWide ? Wide : Narrow;
            var low = isWide ? WideShort : NarrowShort;
            float* panel = b + ((nint)j * panelInner) + ((nint)firstInner * (isWide ? WideColumns : NarrowColumns));
            int i = 0;
            for (; i <= rows - tallRows; i += tallRows)
            {
                tall(inner, a + (i * rowA), rowA, stepA, panel, start + (i * rowStart) + j, rowStart, c + (i * rowC) + j, rowC);
            }

            for (; i < rows; i += ShortRows)
            {
                low(inner, a + (i * rowA), rowA, stepA, panel, start + (i * rowStart) + j, rowStart, c + (i * rowC) + j, rowC);
            }
        }
    }
}
