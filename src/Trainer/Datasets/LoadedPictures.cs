using Gimbal.Imaging;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The pictures of class folders, decoded to one size.</summary>
/// <param name="All">One entry per file, in order; black where a picture could not be decoded.</param>
/// <param name="Good">Those that could.</param>
/// <param name="Notes">What was left out, and which size was chosen.</param>
internal sealed record LoadedPictures(ImageSet All, IReadOnlyList<int> Good, IReadOnlyList<string> Notes)
{
    private const int UsualSide = 64;
    private const int LargestOwnSide = 256;

    /// <summary>Decodes in parallel; the result does not depend on the number of threads.</summary>
    /// <exception cref="DataFileException">A picture cannot be decoded and none may be left out, a class keeps none, or all are too much for the memory.</exception>
    public static LoadedPictures Load(string root, PictureFile[] pictures, IReadOnlyList<string> classes, DataOptions options, CancellationToken cancellation)
    {
        string[] files = [.. pictures.Select(picture => picture.Path)];
        List<string> notes = [];
        (int height, int width) = options.Size is { } side ? (side, side) : ChooseSize(files, notes, cancellation);
        if ((long)files.Length * height * width * 3 > ImageSet.MostBytes)
        {
            throw new DataFileException(
                root, $"{files.Length} pictures of {height}x{width} need more than the {ImageSet.MostBytes / 1_000_000_000} GB that are held in memory; choose a smaller --size, or --limit the training pictures");
        }

        PictureDecoding decoding = new(files, height, width, options);
        byte[] pixels = decoding.Run(cancellation);
        int[] good = [.. Enumerable.Range(0, files.Length).Where(i => decoding.Faults[i] is null)];
        if (decoding.FirstFault is { } fault)
        {
            RequirePictures(pictures, good);
            notes.Add($"{files.Length - good.Length} of {files.Length} pictures cannot be decoded and are left out, the first is {files[fault]}: {decoding.Faults[fault]}");
        }

        return new LoadedPictures(new ImageSet(pixels, [.. pictures.Select(picture => picture.Label)], height, width, decoding.Channels, classes), good, notes);
    }

    private static void RequirePictures(PictureFile[] pictures, IEnumerable<int> good)
    {
        HashSet<string?> held = [.. good.Select(i => Path.GetDirectoryName(pictures[i].Path))];
        if (pictures.Select(picture => Path.GetDirectoryName(picture.Path)).FirstOrDefault(folder => !held.Contains(folder)) is { } lost)
        {
            throw new DataFileException(lost, "none of its pictures can be decoded");
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
