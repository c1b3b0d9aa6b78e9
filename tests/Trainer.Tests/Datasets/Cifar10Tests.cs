using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class Cifar10Tests
{
    [Fact]
    public void PlanesBecomeInterleavedPixelsInTheOrderOfTheFiles()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        DataSplits data = CifarFiles.Open(folder.Path);
        Assert.Equal((100, 20, 32, 32, 3, 10), (data.Train.Count, data.Test.Count, data.Train.Height, data.Train.Width, data.Train.Channels, data.Train.Classes.Count));
        byte[] pixels = new byte[3072];
        foreach (int index in (int[])[0, 27, 99])
        {
            data.Train.Read(index, pixels);
            byte[] file = CifarFiles.Content(index / CifarFiles.RecordsPerFile);
            int record = index % CifarFiles.RecordsPerFile * CifarFiles.RecordBytes;
            Assert.Equal(file[record], data.Train.Label(index));
            for (int p = 0; p < 1024; p++)
            {
                Assert.Equal((file[record + 1 + p], file[record + 1025 + p], file[record + 2049 + p]), (pixels[3 * p], pixels[(3 * p) + 1], pixels[(3 * p) + 2]));
            }
        }
    }

    [Fact]
    public void TheFolderOfTheArchiveIsFoundInsideTheOneThatIsNamed()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder, "cifar-10-batches-bin");
        Assert.Equal(
            Fingerprint.Of(CifarFiles.Open(folder["cifar-10-batches-bin"]).Train),
            Fingerprint.Of(CifarFiles.Open(folder.Path).Train));
    }

    [Fact]
    public void ATruncatedFileSaysWhereTheLastWholeRecordEnds()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        string path = folder.Write("data_batch_3.bin", CifarFiles.Content(0)[..^100]);
        Refusal.Names(path, () => CifarFiles.Open(folder.Path), "61360 bytes", "truncated", "byte 58387");
    }

    [Fact]
    public void AWrongLabelNamesItsRecordAndByte()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        byte[] content = CifarFiles.Content(5);
        content[7 * CifarFiles.RecordBytes] = 12;
        string path = folder.Write("test_batch.bin", content);
        Refusal.Names(path, () => CifarFiles.Open(folder.Path), "label 12", "record 7", "byte 21511");
    }

    [Fact]
    public void AMissingBatchIsNamedWithTheFilesThatAreWanted()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        File.Delete(folder["data_batch_4.bin"]);
        Refusal.Names(folder["data_batch_4.bin"], () => CifarFiles.Open(folder.Path), "no such file", "test_batch.bin", "--download");
    }

    [Fact]
    public void ThePythonVersionIsRecognisedAndNotRead()
    {
        using TestFolder folder = new();
        folder.Write("data_batch_1", [0x80, 0x02]);
        Refusal.Names(folder["data_batch_1.bin"], () => CifarFiles.Open(folder.Path), "Python version", "binary version is wanted");
    }

    [Fact]
    public void AnEmptyFileIsRefused()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        Refusal.Names(folder.Write("data_batch_2.bin", []), () => CifarFiles.Open(folder.Path), "0 bytes");
    }

    [Fact]
    public void AFolderInPlaceOfAFileIsRefused()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        File.Delete(folder["test_batch.bin"]);
        Directory.CreateDirectory(folder["test_batch.bin"]);
        Refusal.Names(folder["test_batch.bin"], () => CifarFiles.Open(folder.Path), "no such file");
    }

    [Fact]
    public void AFileMuchTooLargeIsRefusedBeforeItIsRead()
    {
        using TestFolder folder = new();
        CifarFiles.WriteAll(folder);
        using (FileStream sparse = File.OpenWrite(folder["data_batch_1.bin"]))
        {
            sparse.SetLength(1L << 40);
        }

        Refusal.Names(folder["data_batch_1.bin"], () => CifarFiles.Open(folder.Path), "1099511627776 bytes are more than");
    }

    [Fact]
    public void AMissingFolderIsNamed()
    {
        using TestFolder folder = new();
        Refusal.Names(folder["nowhere"], () => CifarFiles.Open(folder["nowhere"]), "no such folder");
    }
}
