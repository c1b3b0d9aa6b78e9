using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>Small files in CIFAR-10's binary form.</summary>
internal static class CifarFiles
{
    public const int RecordBytes = 3073;
    public const int RecordsPerFile = 20;

    public static IReadOnlyList<string> Names { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin"), "test_batch.bin"];

    /// <summary>Records with random pixels; record r of every file has label r mod 10.</summary>
    public static byte[] Content(int seed)
    {
        byte[] content = new byte[RecordsPerFile * RecordBytes];
        new Random(seed).NextBytes(content);
        for (int record = 0; record < RecordsPerFile; record++)
        {
            content[record * RecordBytes] = (byte)(record % 10);
        }

        return content;
    }

    /// <summary>Writes all six files, each with its number as seed.</summary>
    public static void WriteAll(TestFolder folder, string inner = "")
    {
        for (int i = 0; i < Names.Count; i++)
        {
            folder.Write(Path.Combine(inner, Names[i]), Content(i));
        }
    }

    public static DataSplits Open(string folder) => Cifar10.Open(folder, new DataOptions());
}
