using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>A tensor of bytes in MNIST's IDX format, plain or compressed with gzip.</summary>
/// <remarks>Two zero bytes, the element type (8: unsigned byte), the number of dimensions, each as four bytes big-endian, the elements (LeCun, Cortes and Burges 1998).</remarks>
/// <param name="Path">The file.</param>
/// <param name="Dimensions">Extents.</param>
/// <param name="Elements">Bytes, the last dimension fastest.</param>
internal sealed record IdxFile(string Path, IReadOnlyList<int> Dimensions, byte[] Elements)
{
    private const int UnsignedByte = 8;

    // Deflate cannot shrink more than this, so a small file that claims to hold much is found out before memory is taken.
    private const long LargestRatio = 1032;

    /// <summary>The file of a data set: <c>train-images-idx3-ubyte</c>, the same with a full stop before <c>idx3</c>, or either with <c>.gz</c>; null: none of them.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="name">Name in its usual form.</param>
    public static string? Find(string folder, string name)
    {
        string other = name.Replace("-idx", ".idx", StringComparison.Ordinal);
        return ((string[])[name, other, $"{name}.gz", $"{other}.gz"]).Select(file => System.IO.Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; one that ends in .gz is decompressed.</param>
    /// <param name="rank">Number of dimensions wanted.</param>
    /// <exception cref="DataFileException">Not IDX, another type or rank, truncated, with trailing bytes, or absurdly large.</exception>
    public static IdxFile Read(string path, int rank)
    {
        bool isCompressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        try
        {
            return DataFile.Try(path, () =>
            {
                long stored = DataFile.Length(path);
                if (stored == 0)
                {
                    throw new DataFileException(path, "the file is empty");
                }

                using FileStream file = File.OpenRead(path);
                using Stream content = isCompressed ? new GZipStream(file, CompressionMode.Decompress) : new BufferedStream(file);
                return Read(path, content, rank, isCompressed ? stored * LargestRatio : stored);
            });
        }
        catch (InvalidDataException e)
        {
            throw new DataFileException(path, $"the compressed data is damaged ({e.Message.TrimEnd('.')})", e);
        }
    }

    private static IdxFile Read(string path, Stream content, int rank, long mostBytes)
    {
        int headerBytes = 4 + (4 * rank);
        byte[] header = new byte[headerBytes];
        int read = content.ReadAtLeast(header, headerBytes, throwOnEndOfStream: false);
        int wanted = (UnsignedByte << 8) | rank;
        int magic = BinaryPrimitives.ReadInt32BigEndian(header);
        if (read < 4 || magic != wanted)
        {
            throw new DataFileException(path, $"does not begin as an IDX file of bytes in {rank} dimension{(rank == 1 ? "" : "s")} does (0x{wanted:x8}) but with 0x{Convert.ToHexStringLower(header.AsSpan(0, Math.Min(read, 4)))}");
        }

        if (read < headerBytes)
        {
            throw new DataFileException(path, $"is truncated: the header of {headerBytes} bytes ends after {read}");
        }

        int[] dimensions = [.. Enumerable.Range(1, rank).Select(i => BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4 * i)))];
        string extents = string.Join('x', dimensions.Select(d => ((uint)d).ToString(CultureInfo.InvariantCulture)));
        double product = dimensions.Aggregate(1.0, (sum, d) => sum * d);
        if (dimensions.Any(d => d < 1) || product > ImageSet.MostBytes)
        {
            throw new DataFileException(path, $"the header states {extents} bytes; 1 to {ImageSet.MostBytes} can be read (byte 4)");
        }

        long length = (long)product;
        if (headerBytes + length > mostBytes)
        {
            throw new DataFileException(path, $"is truncated: the header states {extents} bytes, more than the file can hold");
        }

        byte[] elements = new byte[length];
        read = content.ReadAtLeast(elements, elements.Length, throwOnEndOfStream: false);
        return read < length ? throw new DataFileException(path, $"is truncated: the header states {extents} bytes, {read} follow it")
            : content.ReadByte() >= 0 ? throw new DataFileException(path, $"goes on after the {extents} bytes its header states (byte {headerBytes + length})")
            : new IdxFile(path, dimensions, elements);
    }
}
