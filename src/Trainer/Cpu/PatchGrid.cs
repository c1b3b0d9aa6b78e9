namespace Gimbal.Trainer.Cpu;

/// <summary>Patches of as many pixels each whose results lie between each other's: pixel (i, j) of part (r, c) at (i·Rows + r, j·Columns + c).</summary>
/// <param name="Parts">Row by row.</param>
/// <param name="Rows">Parts one below the other.</param>
/// <param name="Columns">Parts side by side.</param>
internal sealed record PatchGrid(IReadOnlyList<Patches> Parts, int Rows, int Columns)
{
    /// <summary>The patches of a result that is whole.</summary>
    public static PatchGrid Of(in Patches patches) => new([patches], 1, 1);
}
