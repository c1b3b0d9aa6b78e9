using System.Buffers.Binary;
using System.IO.Compression;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Small files in MNIST's form.</summary>
internal static class IdxFiles
{
    public const int Count = 30;
    public const int Side = 7;

    /// <summary>A file: header, then elements.</summary>
    public static byte[] Content(byte type, int[] dimensions, byte[] elements)
    {
        byte[] content = new byte[4 + (4 * dimensions.Length) + elements.Length];
        (content[2], content[3]) = (type, (byte)dimensions.Length);
        for (int i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(content.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        elements.CopyTo(content.AsSpan(4 + (4 * dimensions.Length)));
        return content;
    }

    public static byte[] Images(int seed, int count = Count, int side = Side)
    {
        byte[] elements = new byte[count * side * side];
        new Random(seed).NextBytes(elements);
        return Content(8, [count, side, side], elements);
    }

    public static byte[] Labels(int count = Count) => Content(8, [count], [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))]);

    public static byte[] Zip(byte[] content)
    {
        using MemoryStream zipped = new();
        using (GZipStream zip = new(zipped, CompressionLevel.Optimal))
        {
            zip.Write(content);
        }

        return zipped.ToArray();
    }

    /// <summary>Writes all four files in their usual form.</summary>
    public static void WriteAll(TestFolder folder)
    {
        folder.Write("train-images-idx3-ubyte", Images(1));
        folder.Write("train-labels-idx1-ubyte", Labels());
        folder.Write("t10k-images-idx3-ubyte", Images(2));
        folder.Write("t10k-labels-idx1-ubyte", Labels());
    }

    public static DataSplits Open(TestFolder folder) => IdxImages.Open(folder.Path, new DataOptions());
}
