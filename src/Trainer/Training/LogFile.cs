using Gimbal.Trainer.Checkpoints;

namespace Gimbal.Trainer.Training;

/// <summary>A file that a run appends to over all its lives: opening it cuts off what lies behind the run's position, and it is synced ahead of each checkpoint.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _file;

    private LogFile(string path, FileStream file) => (_path, _file) = (path, file);

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => _file.Length == 0;

    /// <summary>Opens a log, or begins it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What it is, for errors: <c>TensorBoard log</c>.</param>
    /// <param name="kept">How many bytes of what is there stay.</param>
    /// <exception cref="DiskException">It cannot be read or written.</exception>
    public static LogFile Open(string path, string name, Func<byte[], int> kept)
    {
        FileStream? file = null;
        try
        {
            Try(path, $"open for the {name}", () =>
            {
                file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
                byte[] found = new byte[file.Length];
                file.ReadExactly(found);
                file.SetLength(kept(found));
                file.Position = file.Length;
            });
            return new LogFile(path, file!);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>Appends.</summary>
    /// <exception cref="DiskException">It could not be written.</exception>
    public void Write(byte[] records) => Try(_path, "write", () => _file.Write(records));

    /// <summary>Returns once all is on the disk.</summary>
    /// <exception cref="DiskException">It may not be on the disk.</exception>
    public void Sync() => Try(_path, "sync", () => FileOperations.OfThisSystem.Sync(_file));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Try(string path, string action, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(path, action, e);
        }
    }
}
