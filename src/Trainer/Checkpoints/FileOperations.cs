namespace Gimbal.Trainer.Checkpoints;

/// <summary>The file operations that durable writing is made of. All report failure as <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</summary>
internal abstract class FileOperations
{
    /// <summary>The operations of the system the process runs on.</summary>
    public static FileOperations OfThisSystem { get; } =
        OperatingSystem.IsWindows() ? new PortableFileOperations() : new PosixFileOperations();

    /// <summary>Creates a file that must not exist and opens it for unbuffered writing.</summary>
    /// <param name="path">File.</param>
    /// <param name="length">Bytes to reserve, so that a full disk is found before the first is written; 0 reserves none.</param>
    public abstract Stream Create(string path, long length);

    /// <summary>Opens a file for reading from its start.</summary>
    public abstract Stream Open(string path);

    /// <summary>Returns when all that was written to <paramref name="file"/>, a stream from <see cref="Create"/>, is on the device.</summary>
    public abstract void Sync(Stream file);

    /// <summary>Gives a file another name in the same folder in one indivisible step, replacing what had that name.</summary>
    public abstract void Rename(string source, string target);

    /// <summary>Removes a file; none of that name is no error.</summary>
    public abstract void Delete(string path);

    /// <summary>Creates one folder in an existing one.</summary>
    public abstract void CreateFolder(string path);

    /// <summary>Returns when names created, changed and removed in a folder are on the device.</summary>
    public abstract void SyncFolder(string path);

    /// <summary>Whether there is a file or a folder of that name.</summary>
    public abstract bool Exists(string path);

    /// <summary>Names, without their folder, of the files in a folder, in no particular order.</summary>
    public abstract IEnumerable<string> List(string path);

    /// <summary>Takes a lock that the system releases when the process ends, however it ends.</summary>
    /// <returns>Releases the lock when disposed; null while another holder has it.</returns>
    public abstract IDisposable? TryLock(string path);
}
