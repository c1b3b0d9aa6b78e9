using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>File operations of Linux and macOS: fsync, rename and fsync of a folder are called directly and their results checked.</summary>
/// <remarks>
/// <see cref="FileStream.Flush(bool)"/> of .NET 10.0 does not report that fsync failed, .NET cannot open a folder to sync it, and
/// <see cref="File.Move(string, string, bool)"/> turns into a copy where rename(2) would refuse.
/// </remarks>
internal sealed partial class PosixFileOperations : PortableFileOperations
{
    private const int Interrupted = 4;
    private const int InvalidArgument = 22;
    private const int ReadOnly = 0;

    public override void Sync(Stream file) => Check(SyncDescriptor(((FileStream)file).SafeFileHandle));

    public override void Rename(string source, string target) => Check(RenameFile(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError());

    public override void SyncFolder(string path)
    {
        using SafeFileHandle folder = OpenDescriptor(path, ReadOnly);
        if (folder.IsInvalid)
        {
            Check(Marshal.GetLastPInvokeError());
        }

        // Some network file systems answer that a folder is nothing to sync; they have no journal of their own to wait for.
        int error = SyncDescriptor(folder);
        Check(error == InvalidArgument ? 0 : error);
    }

    private static int SyncDescriptor(SafeFileHandle file)
    {
        int error;
        do
        {
            error = FlushToDevice(file) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        return error;
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushToDevice(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameFile(string source, string target);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenDescriptor(string path, int flags);
}
