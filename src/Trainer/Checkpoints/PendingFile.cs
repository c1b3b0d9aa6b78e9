using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>The next content of a file, kept under a temporary name beside it until it is published in one step.</summary>
/// <remarks>Whatever interrupts the sequence write, <see cref="Sync"/>, <see cref="Publish"/>, the file holds its old content or all of the new one.</remarks>
internal sealed partial class PendingFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly FileOperations _files;
    private readonly string _path;
    private readonly string _folder;
    private readonly string _temporary;
    private readonly Stream _file;
    private bool _published;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="files">The disk.</param>
    /// <param name="path">The file that will get the content, in an existing folder.</param>
    /// <param name="length">Bytes to reserve, 0 where the length is not known.</param>
    /// <exception cref="DiskException">The folder does not exist or is read-only, or the disk has no room.</exception>
    public PendingFile(FileOperations files, string path, long length)
    {
        string full = Path.GetFullPath(path);
        _files = files;
        _path = path;
        _folder = Path.GetDirectoryName(full) ?? full;
        _temporary = Path.Combine(_folder, $".{Path.GetFileName(full)}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.tmp");
        try
        {
            _file = files.Create(_temporary, length);
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(path, "create a temporary file beside it", e);
        }

        Content = new BufferedStream(_file, BufferSize);
    }

    /// <summary>Takes the content.</summary>
    public Stream Content { get; }

    /// <summary>Whether a file name has the form of a temporary file of this class.</summary>
    public static bool IsTemporary(string name) => TemporaryName().IsMatch(name);

    /// <summary>Returns when the content is on the device.</summary>
    /// <exception cref="DiskException">It may not be.</exception>
    public void Sync()
    {
        Try("write", Content.Flush);
        Try("sync", () => _files.Sync(_file));
        _file.Dispose();
    }

    /// <summary>Gives the synced content its name.</summary>
    /// <exception cref="DiskException">The name was not given, or may be lost when the power fails.</exception>
    public void Publish()
    {
        Try("rename a temporary file to it", () => _files.Rename(_temporary, _path));
        _published = true;
        Try("sync its folder", () => _files.SyncFolder(_folder));
    }

    /// <summary>Runs one step and reports its failure as one of the file's.</summary>
    /// <exception cref="DiskException">The step failed on the disk.</exception>
    public void Try(string action, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(_path, action, e);
        }
    }

    /// <summary>Removes the temporary file unless it was published.</summary>
    public void Dispose()
    {
        // The buffer in front is not disposed: it would write once more to a disk that has just failed.
        _file.Dispose();
        if (_published)
        {
            return;
        }

        try
        {
            _files.Delete(_temporary);
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            // The failure that led here is the one to report; the leftover goes when the folder is next opened.
        }
    }

    [GeneratedRegex(@"^\..+\.[0-9a-f]{16}\.tmp$", RegexOptions.CultureInvariant)]
    private static partial Regex TemporaryName();
}
