using Gimbal.Imaging;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The pictures of class folders, decoded to one size.</summary>
/// <param name="All">One entry per file, in the order of the folders; black where a picture could not be decoded.</param>
/// <param name="Good">Those that could.</param>
/// <param name="Notes">What was left out, and which size was chosen.</param>
internal sealed record LoadedPictures(ImageSet All, IReadOnlyList<int> Good, IReadOnlyList<string> Notes)
{
    private const int UsualSide = 64;
    private const int LargestOwnSide = 256;

    /// <summary>Decodes in parallel; the result does not depend on the number of threads.</summary>
    /// <exception cref="DataFileException">A picture cannot be decoded and none may be left out, a class keeps none, or all are too much for the memory.</exception>
    public static LoadedPictures Load(string root, IReadOnlyList<ClassFolder> folders, IReadOnlyList<string> classes, DataOptions options, CancellationToken cancellation)
    {
        string[] files = [.. folders.SelectMany(folder => folder.Pictures)];
        Dictionary<string, int> positions = classes.Index().ToDictionary(c => c.Item, c => c.Index);
        int[] labels = [.. folders.SelectMany(folder => Enumerable.Repeat(positions[folder.Name], folder.Pictures.Count))];
        List<string> notes = [];
        int others = folders.Sum(folder => folder.Others);
        if (others > 0)
        {
            notes.Add($"{others} files or folders in class folders are no pictures by their extension and left out");
        }

        (int height, int width) = options.Size is { } side ? (side, side) : ChooseSize(files, notes, cancellation);
        if ((long)files.Length * height * width * 3 > ImageSet.MostBytes)
        {
            throw new DataFileException(root, $"{files.Length} pictures of {height}x{width} need more than the {ImageSet.MostBytes / 1_000_000_000} GB that are held in memory; choose a smaller --size");
        }

        PictureDecoding decoding = new(files, height, width, options);
        byte[] pixels = decoding.Run(cancellation);
        int[] good = [.. Enumerable.Range(0, files.Length).Where(i => decoding.Faults[i] is null)];
        if (decoding.FirstFault is { } fault)
        {
            RequirePictures(folders, good);
            notes.Add($"{files.Length - good.Length} of {files.Length} pictures cannot be decoded and are left out, the first is {files[fault]}: {decoding.Faults[fault]}");
        }

        return new LoadedPictures(new ImageSet(pixels, labels, height, width, decoding.Channels, classes), good, notes);
    }

    private static void RequirePictures(IReadOnlyList<ClassFolder> folders, IReadOnlyList<int> good)
    {
        HashSet<int> held = [.. good];
        int first = 0;
        foreach (ClassFolder folder in folders)
        {
            if (!Enumerable.Range(first, folder.Pictures.Count).Any(held.Contains))
            {
                throw new DataFileException(folder.Path, $"none of its {folder.Pictures.Count} pictures can be decoded");
            }

            first += folder.Pictures.Count;
        }
    }

    private static (int Height, int Width) ChooseSize(string[] files, List<string> notes, CancellationToken cancellation)
    {
        (int Height, int Width)? first = files.Select(SizeOf).FirstOrDefault(size => size is not null);
        bool isOwn = first is { Height: <= LargestOwnSide, Width: <= LargestOwnSide }
            && Parallel.ForEach(files, new ParallelOptions { CancellationToken = cancellation }, (file, loop) =>
            {
                if (SizeOf(file) is { } size && size != first)
                {
                    loop.Stop();
                }
            }).IsCompleted;
        if (isOwn || first is null)
        {
            return first ?? (UsualSide, UsualSide);
        }

        notes.Add($"pictures differ in size or are larger than {LargestOwnSide}x{LargestOwnSide}: brought to {UsualSide}x{UsualSide}; --size chooses another side");
        return (UsualSide, UsualSide);
    }

    // Null where there is nothing to read, which decoding then reports.
    private static (int Height, int Width)? SizeOf(string file)
    {
        try
        {
            return DataFile.Length(file) > 0 ? PictureDecoder.Size(file) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
