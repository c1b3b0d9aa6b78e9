using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gimbal.Trainer.Cpu;

/// <summary>Transposes blocks of matrices.</summary>
internal static unsafe class Transposition
{
    private const int Block = 8;

    /// <summary>target[j, i] = source[i, j].</summary>
    /// <param name="source">A [rows, columns] matrix.</param>
    /// <param name="sourceRow">Elements from one row of it to the next.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">A [columns, rows] matrix.</param>
    /// <param name="targetRow">Elements from one row of it to the next.</param>
    public static void Run(float* source, nint sourceRow, int rows, int columns, float* target, nint targetRow)
    {
        int wholeRows = Avx.IsSupported ? rows - (rows % Block) : 0;
        int wholeColumns = Avx.IsSupported ? columns - (columns % Block) : 0;
        for (int j = 0; j < wholeColumns; j += Block)
        {
            for (int i = 0; i < wholeRows; i += Block)
            {
                RunBlock(source + (i * sourceRow) + j, sourceRow, target + (j * targetRow) + i, targetRow);
            }
        }

        for (int j = 0; j < columns; j++)
        {
            for (int i = j < wholeColumns ? wholeRows : 0; i < rows; i++)
            {
                target[(j * targetRow) + i] = source[(i * sourceRow) + j];
            }
        }
    }

    // Pairs of rows, then pairs of pairs, then the two halves of the vectors change places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunBlock(float* source, nint sourceRow, float* target, nint targetRow)
    {
        HalfTransposed(source, sourceRow, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        HalfTransposed(source + (4 * sourceRow), sourceRow, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        Avx.Permute2x128(a0, b0, 0x20).Store(target);
        Avx.Permute2x128(a1, b1, 0x20).Store(target + targetRow);
        Avx.Permute2x128(a2, b2, 0x20).Store(target + (2 * targetRow));
        Avx.Permute2x128(a3, b3, 0x20).Store(target + (3 * targetRow));
        target += 4 * targetRow;
        Avx.Permute2x128(a0, b0, 0x31).Store(target);
        Avx.Permute2x128(a1, b1, 0x31).Store(target + targetRow);
        Avx.Permute2x128(a2, b2, 0x31).Store(target + (2 * targetRow));
        Avx.Permute2x128(a3, b3, 0x31).Store(target + (3 * targetRow));
    }

    // Columns 0 to 3 of four rows in the lower halves and columns 4 to 7 in the upper ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void HalfTransposed(
        float* source, nint row, out Vector256<float> c0, out Vector256<float> c1, out Vector256<float> c2, out Vector256<float> c3)
    {
        Vector256<float> r0 = Vector256.Load(source);
        Vector256<float> r1 = Vector256.Load(source + row);
        Vector256<float> r2 = Vector256.Load(source + (2 * row));
        Vector256<float> r3 = Vector256.Load(source + (3 * row));
        Vector256<float> low01 = Avx.UnpackLow(r0, r1);
        Vector256<float> high01 = Avx.UnpackHigh(r0, r1);
        Vector256<float> low23 = Avx.UnpackLow(r2, r3);
        Vector256<float> high23 = Avx.UnpackHigh(r2, r3);
        c0 = Avx.Shuffle(low01, low23, 0x44);
        c1 = Avx.Shuffle(low01, low23, 0xEE);
        c2 = Avx.Shuffle(high01, high23, 0x44);
        c3 = Avx.Shuffle(high01, high23, 0xEE);
    }
}
