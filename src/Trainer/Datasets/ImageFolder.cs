using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Pictures in folders, one folder per class, under train/ and test/ or to be divided here.</summary>
/// <remarks>
/// JPEG, PNG, WebP, BMP and GIF of any size; each is turned upright, laid on white where transparent, scaled and cropped to the centre exactly as
/// the exported model's library does it. Grey pictures among coloured ones become coloured; when all are grey there is one channel.
/// </remarks>
public static class ImageFolder
{
    private static readonly HashSet<string> s_extensions = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif" };

    /// <summary>Whether a file is a picture by its extension.</summary>
    public static bool IsPicture(string path) => s_extensions.Contains(Path.GetExtension(path));

    /// <summary>Opens a folder that holds train/CLASS/ and test/CLASS/, or CLASS/ of which a seeded share of each class becomes the test set.</summary>
    /// <exception cref="DataFileException">No such layout, a class that is empty or in one part only, a picture that cannot be decoded, or more pixels than are held in memory.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static DataSplits Open(string folder, DataOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (!Directory.Exists(folder))
        {
            throw new DataFileException(folder, File.Exists(folder) ? "a file; a folder with one folder of pictures per class is wanted" : "no such folder");
        }

        string[] parts = [Path.Combine(folder, "train"), Path.Combine(folder, "test")];
        return Array.TrueForAll(parts, Directory.Exists) ? OpenParts(folder, parts[0], parts[1], options, cancellation)
            : Array.Find(parts, part => Directory.Exists(part) && ClassFolder.Folders(part).Count > 0) is { } lone
                ? throw new DataFileException(folder, $"has {Path.GetFileName(lone)}/ alone; train/ and test/ are wanted, or the class folders of {Path.GetFileName(lone)}/ as {folder}")
                : Divide(folder, options, cancellation);
    }

    /// <summary>The last part of a folder's full path.</summary>
    internal static string NameOf(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static DataSplits OpenParts(string folder, string trainFolder, string testFolder, DataOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<ClassFolder> train = ClassFolder.List(trainFolder);
        IReadOnlyList<ClassFolder> test = ClassFolder.List(testFolder);
        RequireClasses(train, test, testFolder);
        RequireClasses(test, train, trainFolder);
        List<string> notes = [];
        string[] unused = [.. ClassFolder.Folders(folder).Where(other => other != trainFolder && other != testFolder).Select(other => $"{Path.GetFileName(other)}/")];
        if (unused.Length > 0)
        {
            notes.Add($"{string.Join(", ", unused)} beside train/ and test/ left out");
        }

        LoadedPictures pictures = LoadedPictures.Load(folder, [.. train, .. test], [.. train.Select(c => c.Name)], options, cancellation);
        int boundary = train.Sum(c => c.Pictures.Count);
        return new DataSplits(
            $"images:{NameOf(folder)}",
            new ImageSubset(pictures.All, [.. pictures.Good.Where(i => i < boundary)]),
            new ImageSubset(pictures.All, [.. pictures.Good.Where(i => i >= boundary)]),
            null,
            [.. notes, .. pictures.Notes]);
    }

    private static DataSplits Divide(string folder, DataOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<ClassFolder> classes = ClassFolder.List(folder);
        LoadedPictures pictures = LoadedPictures.Load(folder, classes, [.. classes.Select(c => c.Name)], options, cancellation);
        (ImageSource train, ImageSource test) = ImageSubset.Split(new ImageSubset(pictures.All, pictures.Good), options.TestFraction, options.Seed);
        string share = FormattableString.Invariant($"{100 * options.TestFraction:0.##} %");
        return test.Count > 0
            ? new DataSplits(
                $"images:{NameOf(folder)}", train, test, null, [$"no train/ and test/: {share} of each class are the test set (seed {options.Seed}), {test.Count} pictures", .. pictures.Notes])
            : throw new DataFileException(folder, $"{share} of each class is no picture; more pictures or a larger --test-fraction are wanted for a test set");
    }

    private static void RequireClasses(IReadOnlyList<ClassFolder> wanted, IReadOnlyList<ClassFolder> held, string folder)
    {
        if (wanted.FirstOrDefault(c => held.All(h => h.Name != c.Name)) is { } missing)
        {
            throw new DataFileException(folder, $"has no class {missing.Name}, which {missing.Path} is; train/ and test/ must hold the same classes");
        }
    }
}
