namespace Gimbal.Trainer.Checkpoints;

/// <summary>A checkpoint and where it came from.</summary>
/// <param name="Checkpoint">The content.</param>
/// <param name="Path">The file.</param>
/// <param name="Notice">Why it is not the one that was asked for, as a line for the user; null when it is.</param>
public sealed record LoadedCheckpoint(Checkpoint Checkpoint, string Path, string? Notice);
