using Gimbal.Trainer.Checkpoints;

namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>
/// A disk that promises only what POSIX does. Written data is certain to survive a power cut after a sync of its file, before it any
/// subset of its sectors does; created, renamed and deleted names are certain after a sync of their folder, before it those of a
/// folder survive as a prefix of their order. Operations fail, or the power goes, at a chosen operation.
/// </summary>
internal sealed class SimulatedDisk : FileOperations
{
    private const int PageSize = 4096;

    private readonly SimulatedFolder _root;
    private readonly HashSet<string> _locks = [];
    private bool _off;

    public SimulatedDisk()
        : this(new SimulatedFolder())
    {
    }

    private SimulatedDisk(SimulatedFolder root) => _root = root;

    /// <summary>Operations so far; a write counts once per page of 4 KiB.</summary>
    public int Operations { get; private set; }

    /// <summary>Number of the operation that the power does not last for.</summary>
    public int? CutAt { get; set; }

    /// <summary>Gives the error number with which an operation fails, 0 for none, by the operation's number.</summary>
    public Func<int, int> Fault { get; set; } = _ => 0;

    /// <summary>A device that says it has synced a file and has not.</summary>
    public bool IgnoresSync { get; init; }

    /// <summary>A device that says it has synced a folder and has not.</summary>
    public bool IgnoresFolderSync { get; init; }

    /// <summary>The disk as it is found after a power cut now.</summary>
    public SimulatedDisk AfterPowerCut(Random random) =>
        new(_root.AfterPowerCut(random)) { IgnoresSync = IgnoresSync, IgnoresFolderSync = IgnoresFolderSync };

    /// <summary>Truncates a file and writes it from the start: what a writer without a temporary file does.</summary>
    public void Overwrite(string path, byte[] content)
    {
        Count();
        SimulatedFile file = FolderOf(path).Names.GetValueOrDefault(NameOf(path)) as SimulatedFile ?? new SimulatedFile();
        FolderOf(path).Change(null, NameOf(path), file);
        file.Truncate();
        using WriteStream stream = new(this, file);
        stream.Write(content);
        Sync(stream);
    }

    public override Stream Create(string path, long length)
    {
        Count();
        if (Exists(path))
        {
            throw new IOException("File exists", 17);
        }

        SimulatedFile file = new();
        FolderOf(path).Change(null, NameOf(path), file);
        return new WriteStream(this, file);
    }

    public override Stream Open(string path)
    {
        Count();
        return FolderOf(path).Names.GetValueOrDefault(NameOf(path)) is SimulatedFile file
            ? new MemoryStream(file.Content, writable: false)
            : throw new FileNotFoundException(path);
    }

    public override void Sync(Stream file)
    {
        SimulatedFile written = ((WriteStream)file).File;
        try
        {
            Count();
        }
        catch (IOException)
        {
            // What Linux does: pages that could not be written count as clean from then on, and a second sync would succeed.
            written.ForgetUnsynced();
            throw;
        }

        if (!IgnoresSync)
        {
            written.Sync();
        }
    }

    public override void Rename(string source, string target)
    {
        Count();
        SimulatedFolder folder = FolderOf(source);
        Assert.Same(folder, FolderOf(target));
        SimulatedNode node = folder.Names.GetValueOrDefault(NameOf(source)) ?? throw new FileNotFoundException(source);
        folder.Change(NameOf(source), NameOf(target), node);
    }

    public override void Delete(string path)
    {
        Count();
        if (Exists(path))
        {
            FolderOf(path).Change(NameOf(path), null, null);
        }
    }

    public override void CreateFolder(string path)
    {
        Count();
        FolderOf(path).Change(null, NameOf(path), new SimulatedFolder());
    }

    public override void SyncFolder(string path)
    {
        Count();
        if (!IgnoresFolderSync)
        {
            Find(path)!.Sync();
        }
    }

    public override bool Exists(string path) => path == "/" || Find(Path.GetDirectoryName(path)!)?.Names.ContainsKey(NameOf(path)) == true;

    public override IEnumerable<string> List(string path)
    {
        Count();
        return Find(path)!.Names.Where(pair => pair.Value is SimulatedFile).Select(pair => pair.Key);
    }

    public override IDisposable? TryLock(string path)
    {
        Count();
        if (!_locks.Add(path))
        {
            return null;
        }

        if (!Exists(path))
        {
            FolderOf(path).Change(null, NameOf(path), new SimulatedFile());
        }

        return new HeldLock(_locks, path);
    }

    private static string NameOf(string path) => Path.GetFileName(path);

    private SimulatedFolder FolderOf(string path) => Find(Path.GetDirectoryName(path)!) ?? throw new DirectoryNotFoundException(path);

    private SimulatedFolder? Find(string folder) =>
        folder == "/" ? _root : Find(Path.GetDirectoryName(folder)!)?.Names.GetValueOrDefault(NameOf(folder)) as SimulatedFolder;

    private void Count()
    {
        int operation = Operations++;
        _off |= operation == CutAt;
        if (_off)
        {
            throw new PowerCutException();
        }

        if (Fault(operation) is not 0 and int error)
        {
            throw new IOException("injected", error);
        }
    }

    /// <summary>Ends the program at the moment of a power cut; no code of the product catches it.</summary>
    internal sealed class PowerCutException : Exception;

    private sealed class HeldLock(HashSet<string> locks, string path) : IDisposable
    {
        public void Dispose() => locks.Remove(path);
    }

    private sealed class WriteStream(SimulatedDisk disk, SimulatedFile file) : MemoryStream
    {
        public SimulatedFile File => file;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            for (int start = 0; start < buffer.Length; start += PageSize)
            {
                disk.Count();
                file.Append(buffer[start..Math.Min(start + PageSize, buffer.Length)]);
            }
        }
    }
}
