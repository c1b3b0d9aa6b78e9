using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>The <c>checkpoints</c> folder of a run, open for writing; one process at a time can have it open, any can load from it.</summary>
/// <remarks>
/// Holds <c>last.safetensors</c>, the one before it as <c>last.previous.safetensors</c>, and <c>best.safetensors</c>. At every moment at
/// least one sound generation is durable: a save syncs the new file before it renames the old one, and never lets a damaged
/// <c>last</c> take the place of a sound <c>last.previous</c>.
/// </remarks>
public sealed class CheckpointFolder : IDisposable
{
    /// <summary>Name of the newest checkpoint.</summary>
    public const string LastName = "last.safetensors";

    /// <summary>Name of the checkpoint before the newest.</summary>
    public const string PreviousName = "last.previous.safetensors";

    /// <summary>Name of the best checkpoint.</summary>
    public const string BestName = "best.safetensors";

    private const string LockName = ".lock";

    private static readonly string[] s_names = [LastName, PreviousName, BestName];

    private readonly FileOperations _files;
    private readonly string _folder;
    private readonly IDisposable _lock;
    private bool? _lastIsSound;

    private CheckpointFolder(FileOperations files, string folder, IDisposable held) => (_files, _folder, _lock) = (files, folder, held);

    /// <summary>Creates the folder where there is none, locks it, and removes what killed runs left half written.</summary>
    /// <exception cref="DiskException">Another run has the folder open, or it cannot be created.</exception>
    public static CheckpointFolder Open(string folder) => Open(FileOperations.OfThisSystem, folder);

    /// <summary>Loads the newest sound checkpoint of a folder; <see cref="LoadedCheckpoint.Notice"/> says so when that is not <see cref="LastName"/>.</summary>
    /// <returns>Null when the folder is missing or holds no checkpoint.</returns>
    /// <exception cref="DataFileException">There are checkpoints, but none is sound.</exception>
    /// <exception cref="DiskException">There are checkpoints, but the system can read none.</exception>
    public static LoadedCheckpoint? LoadLast(string folder) => LoadLast(FileOperations.OfThisSystem, folder);

    /// <summary>Whether a folder holds a checkpoint, sound or not; a kill may have left any one of them alone.</summary>
    public static bool HoldsCheckpoint(string folder) => s_names.Any(name => File.Exists(Path.Combine(folder, name)));

    /// <summary>Saves a checkpoint as the newest and keeps the one before it.</summary>
    /// <exception cref="DiskException">It was not saved; the one before it still loads.</exception>
    public void SaveLast(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string last = Path.Combine(_folder, LastName);
        _lastIsSound ??= IsSound(_files, last);
        SafeTensors content = checkpoint.ToSafeTensors();
        using PendingFile pending = new(_files, last, content.Length);
        pending.Try("write", () => content.Write(pending.Content));
        pending.Sync();
        if (_lastIsSound.Value)
        {
            pending.Try($"rename it to {PreviousName}", () => _files.Rename(last, Path.Combine(_folder, PreviousName)));
            _lastIsSound = false;
        }

        pending.Publish();
        _lastIsSound = true;
    }

    /// <summary>Saves a checkpoint as the best.</summary>
    /// <exception cref="DiskException">It was not saved; the best before it still loads.</exception>
    public void SaveBest(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        SafeTensors content = checkpoint.ToSafeTensors();
        DurableFile.Write(_files, Path.Combine(_folder, BestName), content.Write, content.Length);
    }

    /// <summary>Lets other runs open the folder.</summary>
    public void Dispose() => _lock.Dispose();

    internal static CheckpointFolder Open(FileOperations files, string folder)
    {
        IDisposable? held;
        try
        {
            Create(files, Path.GetFullPath(folder));
            held = files.TryLock(Path.Combine(folder, LockName));
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(folder, "open for checkpoints", e);
        }

        if (held is null)
        {
            throw new DiskException(folder, "lock", "another run is writing to it; wait for its end or choose another folder");
        }

        DurableFile.RemoveLeftovers(files, folder);
        return new CheckpointFolder(files, folder, held);
    }

    internal static LoadedCheckpoint? LoadLast(FileOperations files, string folder)
    {
        List<IOException> faults = [];
        List<LoadedCheckpoint> sound = [];
        foreach (string path in s_names.Select(name => Path.Combine(folder, name)).Where(files.Exists))
        {
            try
            {
                sound.Add(new(Load(files, path), path, null));
            }
            catch (IOException e) when (e is DataFileException or DiskException)
            {
                faults.Add(e);
            }

            if (sound is [{ } first] && Path.GetFileName(first.Path) == LastName)
            {
                return first;
            }
        }

        if (sound.Count == 0)
        {
            return faults.Count == 0 ? null : throw faults[0];
        }

        LoadedCheckpoint newest = sound.MaxBy(loaded => loaded.Checkpoint.Step)!;
        string reason = faults.Count > 0 ? faults[0].Message : $"{Path.Combine(folder, LastName)}: no such file";
        return newest with { Notice = $"{reason}; going on from {Path.GetFileName(newest.Path)}, step {newest.Checkpoint.Step}" };
    }

    private static void Create(FileOperations files, string folder)
    {
        if (files.Exists(folder) || Path.GetDirectoryName(folder) is not { } parent)
        {
            return;
        }

        Create(files, parent);
        files.CreateFolder(folder);
        files.SyncFolder(parent);
    }

    private static bool IsSound(FileOperations files, string path)
    {
        try
        {
            return files.Exists(path) && Load(files, path) is not null;
        }
        catch (IOException e) when (e is DataFileException or DiskException)
        {
            return false;
        }
    }

    private static Checkpoint Load(FileOperations files, string path) => Checkpoint.FromSafeTensors(SafeTensors.Read(files, path), path);
}
