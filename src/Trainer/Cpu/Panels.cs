using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>
/// The right operand of a product as the micro-kernels read it: panels of a few columns, each panel holding all its
/// rows one after the other, the last one filled up with zeros.
/// </summary>
internal static unsafe class Panels
{
    /// <summary>Elements the panels of an [inner, columns] matrix take.</summary>
    public static long Length(in MicroKernels kernels, int inner, int columns) => (long)inner * kernels.PaddedColumns(columns);

    /// <summary>Packs <paramref name="inner"/> rows of a matrix into rows [firstInner, firstInner + inner) of its panels.</summary>
    /// <param name="kernels">The kernels that will read the panels.</param>
    /// <param name="source">Element [0, 0] of the rows to pack.</param>
    /// <param name="leading">Elements from one stored row to the next.</param>
    /// <param name="transpose">Yes when the matrix is stored as [columns, inner].</param>
    /// <param name="inner">Rows to pack.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="panels">First element of the first panel.</param>
    /// <param name="panelInner">Rows of a whole panel.</param>
    /// <param name="firstInner">Row of the panels where the packed rows go.</param>
    public static void Pack(
        in MicroKernels kernels, float* source, nint leading, Transpose transpose, int inner, int columns, float* panels, int panelInner, int firstInner)
    {
        for (int j = 0; j < columns; j += kernels.WideColumns)
        {
            int width = kernels.PanelColumns(columns - j);
            int filled = Math.Min(width, columns - j);
            float* panel = panels + ((nint)j * panelInner) + ((nint)firstInner * width);
            if (transpose == Transpose.No)
            {
                PackRows(source + j, leading, inner, filled, panel, width);
            }
            else
            {
                Transposition.Run(source + (j * leading), leading, filled, inner, panel, width);
                for (int k = 0; filled < width && k < inner; k++)
                {
                    Floats.Clear(panel + ((nint)k * width) + filled, width - filled);
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRows(float* source, nint leading, int rows, int filled, float* panel, int width)
    {
        if (filled == width && width % Floats.Granule == 0)
        {
            for (int k = 0; k < rows; k++)
            {
                Floats.CopyGranules(source, panel, width);
                source += leading;
                panel += width;
            }

            return;
        }

        for (int k = 0; k < rows; k++)
        {
            Floats.Copy(source, panel, filled);
            Floats.Clear(panel + filled, width - filled);
            source += leading;
            panel += width;
        }
    }
}
