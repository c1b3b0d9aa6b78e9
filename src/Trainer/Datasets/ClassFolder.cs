using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The pictures of one class, directly in its folder.</summary>
/// <param name="Name">Class.</param>
/// <param name="Path">Folder.</param>
/// <param name="Pictures">Files, in ordinal order, so that every machine numbers them alike.</param>
/// <param name="Others">Entries that are left out: files that are no pictures by their extension, and folders.</param>
internal sealed record ClassFolder(string Name, string Path, IReadOnlyList<string> Pictures, int Others)
{
    /// <summary>Lists the folders of a folder as classes, in ordinal order; names that begin with a full stop are passed over.</summary>
    /// <remarks>Folders below a class are not entered, so a link that leads back up does no harm.</remarks>
    /// <exception cref="DataFileException">Fewer than two classes, a class without pictures, or a folder that cannot be read.</exception>
    public static IReadOnlyList<ClassFolder> List(string root)
    {
        ClassFolder[] classes = [.. Folders(root).Select(Read)];
        return classes.Length < 2
            ? throw new DataFileException(root, classes.Length == 0
                ? "no folder in it; one folder of pictures per class is wanted"
                : $"one class only ({classes[0].Name}); one folder of pictures for each of 2 or more classes is wanted")
            : classes.FirstOrDefault(c => c.Pictures.Count == 0) is { } empty
                ? throw new DataFileException(empty.Path, $"a class folder without pictures (.jpg, .png, .webp, .bmp, .gif){(empty.Others > 0 ? $"; {empty.Others} other files or folders are in it" : "")}")
                : classes;
    }

    /// <summary>The folders in a folder, in ordinal order, without those whose names begin with a full stop.</summary>
    public static IReadOnlyList<string> Folders(string root) => Entries(root, Directory.EnumerateDirectories);

    private static ClassFolder Read(string path)
    {
        IReadOnlyList<string> entries = Entries(path, Directory.EnumerateFileSystemEntries);
        string[] pictures = [.. entries.Where(entry => ImageFolder.IsPicture(entry) && !Directory.Exists(entry))];
        return new ClassFolder(System.IO.Path.GetFileName(path), path, pictures, entries.Count - pictures.Length);
    }

    private static IReadOnlyList<string> Entries(string folder, Func<string, IEnumerable<string>> list) =>
        DataFile.Try<IReadOnlyList<string>>(folder, () => [.. list(folder).Where(entry => System.IO.Path.GetFileName(entry)[0] != '.').Order(StringComparer.Ordinal)]);
}
