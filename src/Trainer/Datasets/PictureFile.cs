namespace Gimbal.Trainer.Datasets;

/// <summary>A picture that is still in its file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Label">Its class.</param>
internal readonly record struct PictureFile(string Path, int Label);
