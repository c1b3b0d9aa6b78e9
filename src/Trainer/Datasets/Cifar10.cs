using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>CIFAR-10 in its binary version: 60,000 colour pictures of 32x32 in ten classes (Krizhevsky 2009).</summary>
/// <remarks>A record is one label byte and 3,072 bytes of red, green and blue planes, row-major.</remarks>
public static class Cifar10
{
    private const int Side = 32;
    private const int Plane = Side * Side;
    private const int RecordBytes = 1 + (3 * Plane);
    private const int ClassCount = 10;
    private const long MostFileBytes = 100_000L * RecordBytes;
    private const string InnerFolder = "cifar-10-batches-bin";
    private const string Advice = "the binary version is wanted: data_batch_1.bin to data_batch_5.bin and test_batch.bin; --download fetches it";

    private static readonly string[] s_trainFiles = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];
    private const string TestFile = "test_batch.bin";

    private static readonly string[] s_classes =
        ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

    /// <summary>The binary version as its author publishes it.</summary>
    public static OfficialArchive Official { get; } = new(
        new Uri("https://www.cs.toronto.edu/~kriz/"),
        new ArchivePart("cifar-10-binary.tar.gz", 170_052_171, "c32a1d4ab5d03f1284b67883e8d87530", [.. s_trainFiles.Append(TestFile).Select(file => $"{InnerFolder}/{file}")]));

    /// <summary>Opens a folder; a folder cifar-10-batches-bin inside it counts as the folder.</summary>
    /// <exception cref="DataFileException">A file is missing, damaged or of the Python version.</exception>
    public static DataSplits Open(string folder, DataOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        string inner = Path.Combine(folder, InnerFolder);
        string root = Directory.Exists(inner) ? inner : folder;
        if (options.Download)
        {
            (options.Archive ?? Official).Fetch(root, options, cancellation);
        }

        return Directory.Exists(root)
            ? new DataSplits("cifar10", Read([.. s_trainFiles.Select(file => Path.Combine(root, file))]), Read(Path.Combine(root, TestFile)), null, [])
            : throw new DataFileException(folder, "no such folder");
    }

    private static ImageSet Read(params string[] files)
    {
        byte[][] contents = [.. files.Select(ReadFile)];
        int count = contents.Sum(content => content.Length / RecordBytes);
        byte[] pixels = new byte[count * 3 * Plane];
        int[] labels = new int[count];
        int record = 0;
        for (int f = 0; f < files.Length; f++)
        {
            for (int start = 0; start < contents[f].Length; start += RecordBytes, record++)
            {
                int label = contents[f][start];
                labels[record] = label < ClassCount
                    ? label
                    : throw new DataFileException(files[f], $"label {label} is not below {ClassCount}; the file is damaged (record {start / RecordBytes}, byte {start})");
                Interleave(contents[f].AsSpan(start + 1, 3 * Plane), pixels.AsSpan(record * 3 * Plane, 3 * Plane));
            }
        }

        return new ImageSet(pixels, labels, Side, Side, 3, s_classes);
    }

    private static byte[] ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            string python = Path.ChangeExtension(path, null);
            throw new DataFileException(path, File.Exists(python) ? $"missing; {python} is of the Python version, which is never read: {Advice}" : $"no such file; {Advice}");
        }

        byte[] content = DataFile.Read(path, MostFileBytes);
        return content.Length > 0 && content.Length % RecordBytes == 0
            ? content
            : throw new DataFileException(
                path,
                $"{content.Length} bytes are no whole number of records of {RecordBytes}; the file is truncated or not CIFAR-10's binary version (last whole record ends at byte {content.Length / RecordBytes * RecordBytes})");
    }

    private static void Interleave(ReadOnlySpan<byte> planes, Span<byte> pixels)
    {
        for (int i = 0; i < Plane; i++)
        {
            pixels[3 * i] = planes[i];
            pixels[(3 * i) + 1] = planes[Plane + i];
            pixels[(3 * i) + 2] = planes[(2 * Plane) + i];
        }
    }
}
