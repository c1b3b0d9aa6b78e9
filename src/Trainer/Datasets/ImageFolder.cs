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

    /// <summary>
    /// Opens a folder that holds train/CLASS/ and test/CLASS/, or CLASS/ of which a seeded share of each class becomes the test set. Training pictures
    /// beyond <see cref="DataOptions.Limit"/> are not even decoded.
    /// </summary>
    /// <exception cref="DataFileException">No such layout, a class that is empty or in one part only, or a picture that cannot be decoded.</exception>
    /// <exception cref="IOException">Pictures beyond <see cref="DataOptions.MostMemory"/> cannot be kept on disk.</exception>
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

        NoteOthers([.. train, .. test], notes);
        return Load(folder, PicturesOf(train), PicturesOf(test), [.. train.Select(c => c.Name)], notes, options, cancellation);
    }

    private static DataSplits Divide(string folder, DataOptions options, CancellationToken cancellation)
    {
        IReadOnlyList<ClassFolder> classes = ClassFolder.List(folder);
        PictureFile[] all = PicturesOf(classes);
        (int[] train, int[] test) = ImageSubset.Divide([.. all.Select(picture => picture.Label)], options.TestFraction, options.Seed);
        string share = FormattableString.Invariant($"{100 * options.TestFraction:0.##} %");
        if (test.Length == 0)
        {
            throw new DataFileException(folder, $"{share} of each class is no picture; more pictures or a larger --test-fraction are wanted for a test set");
        }

        List<string> notes = [$"no train/ and test/: {share} of each class are the test set (seed {options.Seed}), {test.Length} pictures"];
        NoteOthers(classes, notes);
        return Load(folder, [.. train.Select(i => all[i])], [.. test.Select(i => all[i])], [.. classes.Select(c => c.Name)], notes, options, cancellation);
    }

    private static DataSplits Load(
        string folder, PictureFile[] train, PictureFile[] test, IReadOnlyList<string> classes, List<string> notes, DataOptions options, CancellationToken cancellation)
    {
        if (ClassBalance.Note(train.CountBy(picture => picture.Label).ToDictionary(c => classes[c.Key], c => c.Value)) is { } note)
        {
            notes.Add(note);
        }

        PictureFile[] chosen = options.Limit is { } limit ? [.. ImageSubset.Choose(train.Length, limit, options.Seed).Select(i => train[i])] : train;
        LoadedPictures pictures = LoadedPictures.Load(folder, [.. chosen, .. test], classes, options, cancellation);
        return new DataSplits(
            $"images:{NameOf(folder)}",
            new ImageSubset(pictures.All, [.. pictures.Good.Where(i => i < chosen.Length)]),
            new ImageSubset(pictures.All, [.. pictures.Good.Where(i => i >= chosen.Length)]),
            null,
            [.. notes, .. pictures.Notes]);
    }

    private static PictureFile[] PicturesOf(IReadOnlyList<ClassFolder> classes) =>
        [.. classes.SelectMany((folder, label) => folder.Pictures.Select(path => new PictureFile(path, label)))];

    private static void NoteOthers(IEnumerable<ClassFolder> classes, List<string> notes)
    {
        int others = classes.Sum(folder => folder.Others);
        if (others > 0)
        {
            notes.Add($"{others} files or folders in class folders are no pictures by their extension and left out");
        }
    }

    private static void RequireClasses(IReadOnlyList<ClassFolder> wanted, IReadOnlyList<ClassFolder> held, string folder)
    {
        if (wanted.FirstOrDefault(c => held.All(h => h.Name != c.Name)) is { } missing)
        {
            throw new DataFileException(folder, $"has no class {missing.Name}, which {missing.Path} is; train/ and test/ must hold the same classes");
        }
    }
}
