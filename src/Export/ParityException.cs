namespace Gimbal.Export;

/// <summary>ONNX Runtime does not agree with the trainer; nothing was written.</summary>
public sealed class ParityException : Exception
{
    /// <summary>Refuses <paramref name="path"/>.</summary>
    public ParityException(string path, ParityReport report)
        : base($"{path}: not written, ONNX Runtime does not agree with the trainer ({report})") => Report = report;

    /// <summary>What was measured.</summary>
    public ParityReport Report { get; }
}
