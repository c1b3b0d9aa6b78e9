namespace Gimbal.Trainer.Plans;

/// <summary>One row of a batch that a device makes: which picture, and where its pixels go. Laid out as the struct of the same name in native/cuda/convert.cu.</summary>
/// <param name="Picture">Position among the device's pictures; −1 leaves the row zero.</param>
/// <param name="ShiftY">Row of the picture that comes first; black is outside.</param>
/// <param name="ShiftX">Column of the picture that comes first, or last where it is mirrored.</param>
/// <param name="IsMirrored">1 where left and right change places.</param>
/// <param name="CutY">First row of the square that is set to the mean colour.</param>
/// <param name="CutX">First column of it.</param>
/// <param name="CutSide">Its side; 0: none.</param>
/// <param name="Padding">To 32 bytes.</param>
public readonly record struct PictureRow(
    int Picture, int ShiftY = 0, int ShiftX = 0, int IsMirrored = 0, int CutY = 0, int CutX = 0, int CutSide = 0, int Padding = 0)
{
    /// <summary>A row without a picture.</summary>
    public static PictureRow Empty { get; } = new(-1);
}
