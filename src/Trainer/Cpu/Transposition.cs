namespace Gimbal.Trainer.Cpu;

/// <summary>Transposes blocks of matrices.</summary>
internal static unsafe class Transposition
{
    /// <summary>target[j, i] = source[i, j].</summary>
    /// <param name="source">A [rows, columns] matrix.</param>
    /// <param name="sourceRow">Elements from one row of it to the next.</param>
    /// <param name="rows">Rows of the source.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="target">A [columns, rows] matrix.</param>
    /// <param name="targetRow">Elements from one row of it to the next.</param>
    public static void Run(float* source, nint sourceRow, int rows, int columns, float* target, nint targetRow)
    {
        for (int j = 0; j < columns; j++)
        {
            for (int i = 0; i < rows; i++)
            {
                target[(j * targetRow) + i] = source[(i * sourceRow) + j];
            }
        }
    }
}
