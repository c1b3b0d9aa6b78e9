using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Reads files a user named, and says in one line why one cannot be read.</summary>
internal static class DataFile
{
    /// <summary>The whole content; empty for pipes and devices, which are never opened because they could block.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">Bytes above which it is refused, before any is read.</param>
    /// <exception cref="DataFileException">Missing, unreadable or larger than <paramref name="most"/>.</exception>
    public static byte[] Read(string path, long most) => Try(path, () =>
    {
        long length = Length(path);
        return length == 0 ? []
            : length <= most ? File.ReadAllBytes(path)
            : throw new DataFileException(path, $"{length} bytes are more than the {most} such a file may have");
    });

    /// <summary>Bytes of a file, through links; 0 for pipes and devices.</summary>
    /// <exception cref="IOException">Missing, or links that lead in circles.</exception>
    public static long Length(string path) => ((FileInfo?)File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)).Length;

    /// <summary>Runs <paramref name="read"/> and reports a refusal of the system as one of <paramref name="path"/>.</summary>
    /// <exception cref="DataFileException">The system refused.</exception>
    public static T Try<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataFileException(path, "no such file or folder", e);
        }
        catch (Exception e) when (e is IOException and not DataFileException or UnauthorizedAccessException)
        {
            throw new DataFileException(path, $"cannot be read ({e.Message.TrimEnd('.')})", e);
        }
    }
}
