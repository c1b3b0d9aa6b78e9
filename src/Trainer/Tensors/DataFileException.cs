namespace Gimbal.Trainer.Tensors;

/// <summary>A file the user named is missing, damaged or not what it should be.</summary>
public sealed class DataFileException : IOException
{
    /// <summary>Reports <paramref name="what"/> is wrong with <paramref name="path"/>.</summary>
    /// <param name="path">File or folder, as the user wrote it.</param>
    /// <param name="what">What is wrong, where in the file and what to do, without a full stop: <c>label 12 is not below 10 (record 7, byte 21511)</c>.</param>
    /// <param name="cause">The exception behind it, if any.</param>
    public DataFileException(string path, string what, Exception? cause = null)
        : base($"{path}: {what}", cause) => (Path, What) = (path, what);

    /// <summary>File or folder.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string What { get; }
}
