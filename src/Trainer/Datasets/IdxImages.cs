using System.Globalization;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Grey pictures in MNIST's IDX files: MNIST, Fashion-MNIST and others of the same form.</summary>
/// <remarks>
/// Four files, each plain or .gz: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. Classes are
/// called 0 to 9, or as the lines of a file classes.txt beside them say.
/// </remarks>
public static class IdxImages
{
    private const int LargestSide = 1024;
    private const string NamesFile = "classes.txt";
    private static readonly IReadOnlyList<string> s_digits = [.. Enumerable.Range(0, 10).Select(digit => digit.ToString(CultureInfo.InvariantCulture))];

    /// <summary>MNIST: 60,000 and 10,000 handwritten digits of 28x28; digests as torchvision has them.</summary>
    public static OfficialArchive Mnist { get; } = new(
        new Uri("https://ossci-datasets.s3.amazonaws.com/mnist/"),
        new ArchivePart("train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        new ArchivePart("train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
        new ArchivePart("t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
        new ArchivePart("t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"));

    /// <summary>Opens a folder; with <see cref="DataOptions.Download"/>, files that are missing are fetched, MNIST's unless another archive is named.</summary>
    /// <exception cref="DataFileException">A file is missing or damaged, or the files do not belong together.</exception>
    public static DataSplits Open(string folder, DataOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Download)
        {
            Fetch(options.Archive ?? Mnist, folder, options, cancellation);
        }

        if (!Directory.Exists(folder))
        {
            throw new DataFileException(folder, "no such folder");
        }

        IReadOnlyList<string> classes = ReadNames(folder);
        ImageSet train = Read(folder, "train", classes);
        ImageSet test = Read(folder, "t10k", classes);
        string? balance = ClassBalance.Note(classes.Zip(train.CountByClass()).ToDictionary(c => c.First, c => c.Second));
        return (train.Height, train.Width) == (test.Height, test.Width)
            ? new DataSplits($"idx:{ImageFolder.NameOf(folder)}", train, test, null, balance is null ? [] : [balance])
            : throw new DataFileException(folder, $"training pictures have {train.Height}x{train.Width} pixels, test pictures {test.Height}x{test.Width}");
    }

    private static void Fetch(OfficialArchive archive, string folder, DataOptions options, CancellationToken cancellation)
    {
        ArchivePart[] lacking = [.. archive.Parts.Where(part => FileOf(part) is null)];
        // Fashion-MNIST has files of the same names; half of one and half of the other would open without complaint.
        if (lacking.Length > 0 && archive.Parts.FirstOrDefault(part => FileOf(part) is { } there && !part.IsAt(there)) is { } other)
        {
            throw new DataFileException(FileOf(other)!, $"is not {other.File} of {archive.Address}, so what is missing is not fetched beside it; --download into another folder");
        }

        (archive with { Parts = lacking }).Fetch(folder, options, cancellation);

        string? FileOf(ArchivePart part) => IdxFile.Find(folder, Path.ChangeExtension(part.File, null));
    }

    private static ImageSet Read(string folder, string part, IReadOnlyList<string> classes)
    {
        IdxFile images = Read(folder, $"{part}-images-idx3-ubyte", 3);
        IdxFile labels = Read(folder, $"{part}-labels-idx1-ubyte", 1);
        (int count, int height, int width) = (images.Dimensions[0], images.Dimensions[1], images.Dimensions[2]);
        if (height > LargestSide || width > LargestSide)
        {
            throw new DataFileException(images.Path, $"pictures of {height}x{width} pixels; {LargestSide} a side are the most (byte 8)");
        }

        if (labels.Dimensions[0] != count)
        {
            throw new DataFileException(labels.Path, $"{labels.Dimensions[0]} labels for the {count} pictures of {Path.GetFileName(images.Path)}; the files do not belong together");
        }

        int wrong = Array.FindIndex(labels.Elements, label => label >= classes.Count);
        return wrong < 0
            ? new ImageSet(images.Elements, [.. labels.Elements.Select(label => (int)label)], height, width, 1, classes)
            : throw new DataFileException(labels.Path, $"label {labels.Elements[wrong]} is not below {classes.Count}; the file is damaged, or {NamesFile} should name more classes (byte {8 + wrong})");
    }

    private static IdxFile Read(string folder, string name, int rank) => IdxFile.Read(
        IdxFile.Find(folder, name) ?? throw new DataFileException(Path.Combine(folder, name), "no such file, plain or .gz; --download fetches MNIST"), rank);

    private static IReadOnlyList<string> ReadNames(string folder)
    {
        string path = Path.Combine(folder, NamesFile);
        if (!File.Exists(path))
        {
            return s_digits;
        }

        string[] names = [.. DataFile.Try(path, () => File.ReadAllLines(path)).Select(line => line.Trim()).Where(line => line.Length > 0)];
        return names.Length is >= 2 and <= 256 && names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? names
            : throw new DataFileException(path, $"{names.Length} lines; 2 to 256 different names of classes are wanted, one a line");
    }
}
