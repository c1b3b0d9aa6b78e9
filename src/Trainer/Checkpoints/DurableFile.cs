namespace Gimbal.Trainer.Checkpoints;

/// <summary>Replaces a file so that a crash, a kill or a power failure at any moment leaves the old content or the new one, whole.</summary>
/// <remarks>
/// The content goes to a temporary file in the same folder, is synced to the device, gets its name by rename(2), and the folder is synced.
/// On failure the temporary file is removed and the file is as it was; only when the folder cannot be synced does it already hold the new
/// content. A symbolic link at the path is replaced, not followed. Costs two syncs, some milliseconds on a solid-state disk.
/// </remarks>
public static class DurableFile
{
    /// <summary>Replaces <paramref name="path"/> by <paramref name="content"/>.</summary>
    /// <exception cref="DiskException">The file could not be created, written, synced or renamed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using PendingFile pending = new(FileOperations.OfThisSystem, path, content.Length);
        try
        {
            pending.Content.Write(content);
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(path, "write", e);
        }

        pending.Sync();
        pending.Publish();
    }

    /// <summary>Replaces <paramref name="path"/> by what <paramref name="write"/> puts into the stream.</summary>
    /// <param name="path">File in an existing folder.</param>
    /// <param name="write">Writes the content; must not close the stream. What it throws leaves the file as it was; an I/O exception counts as a failure of this file.</param>
    /// <param name="length">Bytes to reserve where the length is known, so that a full disk is found at once; 0 reserves none.</param>
    /// <exception cref="DiskException">The file could not be created, written, synced or renamed.</exception>
    public static void Write(string path, Action<Stream> write, long length = 0) => Write(FileOperations.OfThisSystem, path, write, length);

    /// <summary>Removes the temporary files that killed processes left in a folder. Call it only where no other process is writing.</summary>
    /// <exception cref="DiskException">The folder cannot be listed, or a file in it not be removed.</exception>
    public static void RemoveLeftovers(string folder) => RemoveLeftovers(FileOperations.OfThisSystem, folder);

    internal static void Write(FileOperations files, string path, Action<Stream> write, long length)
    {
        ArgumentNullException.ThrowIfNull(write);
        using PendingFile pending = new(files, path, length);
        pending.Try("write", () => write(pending.Content));
        pending.Sync();
        pending.Publish();
    }

    internal static void RemoveLeftovers(FileOperations files, string folder)
    {
        try
        {
            foreach (string name in files.List(folder).Where(PendingFile.IsTemporary).ToList())
            {
                files.Delete(Path.Combine(folder, name));
            }
        }
        catch (Exception e) when (DiskException.Explains(e))
        {
            throw DiskException.From(folder, "remove temporary files of a killed run", e);
        }
    }
}
