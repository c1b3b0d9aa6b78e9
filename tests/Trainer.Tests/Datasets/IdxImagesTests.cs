using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class IdxImagesTests
{
    private const string TrainImages = "train-images-idx3-ubyte";
    private const string TrainLabels = "train-labels-idx1-ubyte";

    [Fact]
    public void PixelsAndLabelsAreThoseOfTheFiles()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        DataSplits data = IdxFiles.Open(folder);
        Assert.Equal((30, 30, 7, 7, 1), (data.Train.Count, data.Test.Count, data.Train.Height, data.Train.Width, data.Train.Channels));
        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], data.Train.Classes);
        byte[] pixels = new byte[49];
        data.Test.Read(12, pixels);
        Assert.Equal(IdxFiles.Images(2)[(16 + (12 * 49))..(16 + (13 * 49))], pixels);
        Assert.Equal(2, data.Test.Label(12));
    }

    [Theory]
    [InlineData("train-images.idx3-ubyte")]
    [InlineData("train-images-idx3-ubyte.gz")]
    [InlineData("train-images.idx3-ubyte.gz")]
    public void EverySpellingOfTheNamesIsRead(string name)
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        string plain = Fingerprint.Of(IdxFiles.Open(folder).Train);
        File.Delete(folder[TrainImages]);
        folder.Write(name, name.EndsWith(".gz", StringComparison.Ordinal) ? IdxFiles.Zip(IdxFiles.Images(1)) : IdxFiles.Images(1));
        Assert.Equal(plain, Fingerprint.Of(IdxFiles.Open(folder).Train));
    }

    [Fact]
    public void AFileOfNamesNamesTheClasses()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        folder.Write("classes.txt", "T-shirt\nTrouser\r\nPullover\nDress\nCoat\nSandal\nShirt\nSneaker\nBag\nAnkle boot\n"u8.ToArray());
        Assert.Equal("Ankle boot", IdxFiles.Open(folder).Train.Classes[9]);
        Assert.Equal("Trouser", IdxFiles.Open(folder).Test.Classes[1]);
        Refusal.Names(folder.Write("classes.txt", "one\none\n"u8.ToArray()), () => IdxFiles.Open(folder), "2 lines", "different names");
        folder.Write("classes.txt", "a\nb\nc\n"u8.ToArray());
        Refusal.Names(folder[TrainLabels], () => IdxFiles.Open(folder), "label 3 is not below 3", "classes.txt", "byte 11");
    }

    [Fact]
    public void LabelsInPlaceOfPicturesAreRefusedByTheirFirstBytes()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Refusal.Names(folder.Write(TrainImages, IdxFiles.Labels()), () => IdxFiles.Open(folder), "0x00000803", "0x00000801");
    }

    [Fact]
    public void ElementsThatAreNoBytesAreRefused()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Refusal.Names(folder.Write(TrainImages, IdxFiles.Content(0x0D, [1, 1, 1], [0, 0, 0, 0])), () => IdxFiles.Open(folder), "0x00000d03");
    }

    [Fact]
    public void ATruncatedFileStatesBothLengths()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Refusal.Names(folder.Write(TrainImages, IdxFiles.Images(1)[..^1]), () => IdxFiles.Open(folder), "truncated", "30x7x7");
        Refusal.Names(folder.Write(TrainImages, IdxFiles.Images(1)[..9]), () => IdxFiles.Open(folder), "truncated", "16 bytes", "after 9");
        Refusal.Names(folder.Write(TrainImages, []), () => IdxFiles.Open(folder), "empty");
        File.Delete(folder[TrainImages]);
        Refusal.Names(folder.Write(TrainImages + ".gz", IdxFiles.Zip(IdxFiles.Images(1)[..^5])), () => IdxFiles.Open(folder), "truncated", "1465 follow");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TrailingBytesAreRefused(bool isCompressed)
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        File.Delete(folder[TrainImages]);
        byte[] content = [.. IdxFiles.Images(1), 0];
        string path = folder.Write(isCompressed ? TrainImages + ".gz" : TrainImages, isCompressed ? IdxFiles.Zip(content) : content);
        Refusal.Names(path, () => IdxFiles.Open(folder), "goes on after the 30x7x7 bytes", "byte 1486");
    }

    [Fact]
    public void ASmallFileThatClaimsToBeLargeTakesNoMemory()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        byte[] content = IdxFiles.Content(8, [40_000, 200, 200], [1, 2, 3]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Names(folder.Write(TrainImages, content), () => IdxFiles.Open(folder), "40000x200x200", "more than the file can hold");
        File.Delete(folder[TrainImages]);
        Refusal.Names(folder.Write(TrainImages + ".gz", IdxFiles.Zip(content)), () => IdxFiles.Open(folder), "more than the file can hold");
        // The claim is 1.6 GB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void ACompressionBombIsNotUnpackedBeyondWhatItsHeaderStates()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        File.Delete(folder[TrainImages]);
        byte[] bomb = IdxFiles.Zip([.. IdxFiles.Content(8, [1, 1, 1], [0]), .. new byte[50_000_000]]);
        string path = folder.Write(TrainImages + ".gz", bomb);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refusal.Names(path, () => IdxFiles.Open(folder), "goes on after the 1x1x1 bytes");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData(0, 7, 7)]
    [InlineData(-1, 7, 7)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(2_000_001, 40, 25)]
    public void AbsurdSizesAreRefused(int count, int height, int width)
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Refusal.Names(
            folder.Write(TrainImages, IdxFiles.Content(8, [count, height, width], [])), () => IdxFiles.Open(folder), $"{(uint)count}x{height}x{width} bytes; 1 to 2000000000");
    }

    [Fact]
    public void PicturesOfTooManyPixelsASideAreRefused()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        Refusal.Names(folder.Write(TrainImages, IdxFiles.Content(8, [1, 1, 1025], new byte[1025])), () => IdxFiles.Open(folder), "1x1025");
    }

    [Fact]
    public void DamagedCompressionIsRefused()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        File.Delete(folder[TrainImages]);
        byte[] zipped = IdxFiles.Zip(IdxFiles.Images(1));
        zipped[^6] ^= 0x55;
        Refusal.Names(folder.Write(TrainImages + ".gz", zipped), () => IdxFiles.Open(folder), "damaged");
        Refusal.Names(folder.Write(TrainImages + ".gz", IdxFiles.Images(1)), () => IdxFiles.Open(folder), "damaged");
    }

    [Fact]
    public void ALabelOutOfRangeNamesItsByte()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        byte[] labels = IdxFiles.Labels();
        labels[8 + 5] = 10;
        Refusal.Names(folder.Write(TrainLabels, labels), () => IdxFiles.Open(folder), "label 10 is not below 10", "byte 13");
    }

    [Fact]
    public void FilesThatDoNotBelongTogetherAreRefused()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        folder.Write("t10k-images-idx3-ubyte", IdxFiles.Images(2, side: 8));
        Refusal.Names(folder.Path, () => IdxFiles.Open(folder), "7x7", "8x8");
        Refusal.Names(folder.Write(TrainLabels, IdxFiles.Labels(29)), () => IdxFiles.Open(folder), "29 labels for the 30 pictures of train-images-idx3-ubyte");
    }

    [Fact]
    public void AMissingFileOrFolderIsNamed()
    {
        using TestFolder folder = new();
        Refusal.Names(folder["nowhere"], () => IdxImages.Open(folder["nowhere"], new DataOptions()), "no such folder");
        IdxFiles.WriteAll(folder);
        File.Delete(folder["t10k-labels-idx1-ubyte"]);
        Refusal.Names(folder["t10k-labels-idx1-ubyte"], () => IdxFiles.Open(folder), "no such file", ".gz", "--download");
    }
}
