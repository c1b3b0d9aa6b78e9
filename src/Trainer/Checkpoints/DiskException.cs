using System.Runtime.InteropServices;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>The system refused to create, write, flush, rename or lock a file: full disk, missing permission, failing device.</summary>
public sealed class DiskException : IOException
{
    /// <summary>Reports that <paramref name="action"/> failed on <paramref name="path"/>.</summary>
    /// <param name="path">File or folder, as the caller named it.</param>
    /// <param name="action">What was tried, as a verb phrase: <c>write</c>.</param>
    /// <param name="reason">Why not, in the system's words and without a full stop: <c>No space left on device</c>.</param>
    /// <param name="cause">The exception behind it, if any.</param>
    public DiskException(string path, string action, string reason, Exception? cause = null)
        : base($"{path}: cannot {action}: {reason}", cause)
    {
        Path = path;
        Action = action;
        Reason = reason;
    }

    /// <summary>File or folder.</summary>
    public string Path { get; }

    /// <summary>What was tried.</summary>
    public string Action { get; }

    /// <summary>Why it failed.</summary>
    public string Reason { get; }

    /// <summary>Whether <paramref name="e"/> is how .NET reports a failed file operation.</summary>
    internal static bool Explains(Exception e) =>
        e is UnauthorizedAccessException or IOException and not (DiskException or DataFileException);

    internal static DiskException From(string path, string action, Exception e) => new(path, action, ReasonOf(e), e);

    // Outside Windows .NET keeps errno in HResult, in the inner exception where access is denied; its own messages name the temporary file.
    private static string ReasonOf(Exception e) => e switch
    {
        DirectoryNotFoundException => "the folder does not exist",
        _ when e.HResult is > 0 and < 4096 => Marshal.GetPInvokeErrorMessage(e.HResult),
        UnauthorizedAccessException { InnerException: IOException inner } => ReasonOf(inner),
        _ => e.Message.TrimEnd('.'),
    };
}
