namespace Gimbal.Export;

/// <summary>ONNX Runtime does not agree with the trainer, or cannot be asked; nothing was written.</summary>
public sealed class ParityException : Exception
{
    /// <summary>Refuses <paramref name="path"/> for what was measured.</summary>
    public ParityException(string path, ParityReport report)
        : base($"{path}: not written, ONNX Runtime does not agree with the trainer ({report})") => Report = report;

    /// <summary>Refuses <paramref name="path"/> before anything could be compared.</summary>
    /// <param name="path">The file that was wanted.</param>
    /// <param name="reason">Why not, and what to do.</param>
    /// <param name="cause">The exception behind it, if any.</param>
    public ParityException(string path, string reason, Exception? cause = null)
        : base($"{path}: not written, {reason}", cause)
    {
    }

    /// <summary>What was measured; null where nothing could be.</summary>
    public ParityReport? Report { get; }
}
