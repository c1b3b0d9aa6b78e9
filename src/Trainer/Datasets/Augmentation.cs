namespace Gimbal.Trainer.Datasets;

/// <summary>Random changes to training pictures; each picture draws its own in each epoch.</summary>
/// <param name="PadCrop">Pixels of black added on each side before a crop of the original size; 0: none.</param>
/// <param name="Flip">Mirror left and right with probability 1/2.</param>
/// <param name="Cutout">Side of a square, centred anywhere and clipped at the border, that is set to the mean colour; 0: none (DeVries and Taylor 2017).</param>
public sealed record Augmentation(int PadCrop = 0, bool Flip = false, int Cutout = 0)
{
    /// <summary>Pictures as they are.</summary>
    public static Augmentation None { get; } = new();
}
