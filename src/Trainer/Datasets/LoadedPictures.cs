using Gimbal.Imaging;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>The pictures of class folders, decoded to one size.</summary>
/// <param name="All">One entry per file, in order; black where a picture could not be decoded.</param>
/// <param name="Good">Those that could.</param>
/// <param name="Notes">What was left out, and which size was chosen.</param>
internal sealed record LoadedPictures(ImageSource All, IReadOnlyList<int> Good, IReadOnlyList<string> Notes)
{
    private const int UsualSide = 64;
    private const int LargestOwnSide = 256;

    /// <summary>Decodes in parallel; the result does not depend on the number of threads.</summary>
    /// <exception cref="DataFileException">A picture cannot be decoded and none may be left out, or a class keeps none.</exception>
    /// <exception cref="IOException">The pictures are too much for the memory and cannot be kept on disk.</exception>
    public static LoadedPictures Load(string root, PictureFile[] pictures, IReadOnlyList<string> classes, DataOptions options, CancellationToken cancellation)
    {
        string[] files = [.. pictures.Select(picture => picture.Path)];
        List<string> notes = [];
        (int height, int width) = options.Size is { } side ? (side, side) : ChooseSize(files, notes, cancellation);
        int[] labels = [.. pictures.Select(picture => picture.Label)];
        (ImageSource all, string?[] faults) = (long)files.Length * height * width * 3 <= options.MostMemory
            ? InMemory(files, labels, height, width, classes, options, cancellation)
            : PictureCache.Load(files, labels, height, width, classes, options, notes, cancellation);
        int[] good = [.. Enumerable.Range(0, files.Length).Where(i => faults[i] is null)];
        if (PictureDecoding.FirstFault(faults) is { } fault)
        {
            RequirePictures(pictures, good);
            notes.Add($"{files.Length - good.Length} of {files.Length} pictures cannot be decoded and are left out, the first is {files[fault]}: {faults[fault]}");
        }

        return new LoadedPictures(all, good, notes);
    }

    private static (ImageSource All, string?[] Faults) InMemory(
        string[] files, int[] labels, int height, int width, IReadOnlyList<string> classes, DataOptions options, CancellationToken cancellation)
    {
        int length = height * width * 3;
        byte[] pixels = new byte[files.Length * length];
        PictureDecoding decoding = new(files, height, width, options, (i, picture) => picture.CopyTo(pixels, i * length));
        decoding.Run(cancellation);
        if (decoding.IsColour)
        {
            return (new ImageSet(pixels, labels, height, width, 3, classes), decoding.Faults);
        }

        byte[] grey = new byte[pixels.Length / 3];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = pixels[3 * i];
        }

        return (new ImageSet(grey, labels, height, width, 1, classes), decoding.Faults);
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
