namespace Gimbal.Trainer.Checkpoints;

/// <summary>File operations through .NET alone: what Windows needs, where flushing reports errors and the file system's journal orders names.</summary>
internal class PortableFileOperations : FileOperations
{
    private const int UnspecifiedError = unchecked((int)0x80131620);
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    public override Stream Create(string path, long length)
    {
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                PreallocationSize = length,
            });
        }
        catch (IOException e) when (length > 0 && e.HResult == UnspecifiedError)
        {
            // A reservation that fails carries no error number, only a message with the temporary file's name in it.
            throw new IOException($"no room for {length} bytes", e);
        }
    }

    public override Stream Open(string path) =>
        new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    public override void Sync(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public override void Rename(string source, string target) => File.Move(source, target, overwrite: true);

    public override void Delete(string path) => File.Delete(path);

    public override void CreateFolder(string path) => Directory.CreateDirectory(path);

    public override void SyncFolder(string path)
    {
    }

    public override bool Exists(string path) => Path.Exists(path);

    public override IEnumerable<string> List(string path) => Directory.EnumerateFiles(path).Select(file => Path.GetFileName(file));

    public override IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult is WindowsSharingViolation or LinuxWouldBlock or MacWouldBlock)
        {
            return null;
        }
    }
}
