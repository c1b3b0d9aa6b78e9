using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using SkiaSharp;

namespace Gimbal.Trainer.Tests.Datasets;

public sealed class PictureCacheTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestFolder _cache = new();
    private readonly Reports _reports = new();

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PicturesBeyondTheMemoryAreTheSameFromAFile(bool isGrey)
    {
        for (int i = 0; i < 40; i++)
        {
            _folder.Write($"{i % 2}/{i}.png", isGrey ? PictureFiles.Flat(new SKColor((byte)i, (byte)i, (byte)i)) : PictureFiles.Noise(i));
        }

        DataSplits memory = PictureFiles.Open(_folder.Path);
        DataSplits file = Open();
        Assert.Equal(isGrey ? 1 : 3, file.Train.Channels);
        Assert.Equal(Fingerprint.Of(memory.Train), Fingerprint.Of(file.Train));
        Assert.Equal(Fingerprint.Of(memory.Test), Fingerprint.Of(file.Test));
        Assert.Contains(_cache.Path, file.Notes[^1], StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(_cache.Path).Length);
    }

    [Fact]
    public void LaterRunsDoNotDecodeUnlessSomethingChanged()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        string first = Fingerprint.Of(Open().Train);
        Assert.Single(_reports.All);
        Assert.Equal(first, Fingerprint.Of(Open().Train));
        Assert.Single(_reports.All);
        Assert.NotEqual(first, Fingerprint.Of(Open(new DataOptions { Size = 9 }).Train));
        Assert.Equal(2, _reports.All.Count);
        _folder.Write("a/000.png", PictureFiles.Noise(-1, 9));
        File.SetLastWriteTimeUtc(_folder["a/000.png"], DateTime.UtcNow.AddHours(1));
        Open(new DataOptions { Size = 8 });
        Assert.Equal(3, _reports.All.Count);
        foreach (string pixels in Directory.GetFiles(_cache.Path, "*.pixels"))
        {
            File.WriteAllBytes(pixels, [1]);
        }

        Open(new DataOptions { Size = 8 });
        Open(new DataOptions { Size = 9 });
        Assert.Equal(5, _reports.All.Count);
    }

    [Fact]
    public void BadPicturesAreRememberedAndStillRefusedWhereNoneMayBeLeftOut()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        string bad = _folder.Write("b/004.png", [1, 2, 3]);
        Refusal.Names(bad, () => Open(), "not a picture", "--bad-images skip");
        Assert.Empty(Directory.GetFiles(_cache.Path));
        DataOptions skip = new() { BadImages = BadImages.Skip };
        IReadOnlyList<string> notes = Open(skip).Notes;
        Assert.Contains(notes, note => note.StartsWith("1 of 20 pictures cannot be decoded", StringComparison.Ordinal));
        int decoded = _reports.All.Count;
        Assert.Equal(notes, Open(skip).Notes);
        Refusal.Names(bad, () => Open(), "not a picture", "--bad-images skip");
        Assert.Equal(decoded, _reports.All.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"IsCol")]
    [InlineData("null")]
    [InlineData("{\"IsColour\":true,\"Faults\":{\"99\":\"x\"}}")]
    public void FactsThatAreNotWholeAreMadeAgain(string facts)
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        string whole = Fingerprint.Of(Open().Train);
        File.WriteAllText(Directory.GetFiles(_cache.Path, "*.json")[0], facts);
        Assert.Equal(whole, Fingerprint.Of(Open().Train));
        Assert.Equal(2, _reports.All.Count);
    }

    [Fact]
    public void CancellingLeavesNothingInTheCache()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageFolder.Open(_folder.Path, Options(new DataOptions()), new CancellationToken(canceled: true)));
        Assert.Empty(Directory.GetFiles(_cache.Path));
    }

    [Fact]
    public void AFileCutShortWhileInUseIsNamed()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        DataSplits data = Open();
        string pixels = Directory.GetFiles(_cache.Path, "*.pixels")[0];
        File.WriteAllBytes(pixels, new byte[100]);
        Assert.Equal(pixels, Assert.Throws<DataFileException>(() => Fingerprint.Of(data.Train)).Path);
    }

    [Fact]
    public void ACacheThatCannotBeMadeIsAFailureOfTheDisk()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        string file = _cache.Write("file", [1]);
        IOException failure = Assert.Throws<IOException>(() => PictureFiles.Open(_folder.Path, Options(new DataOptions()) with { CacheFolder = Path.Combine(file, "below") }));
        Assert.StartsWith($"{file}/below/", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--size", failure.Message, StringComparison.Ordinal);
    }

    [MountFact]
    public void AFullDiskIsFoundBeforeDecodingAndFreedAgain()
    {
        PictureFiles.WriteClasses(_folder, "", ("a", 10), ("b", 10));
        string mount = _cache["mount"];
        Directory.CreateDirectory(mount);
        using TemporaryFileSystem disk = new(mount, "size=64k");
        IOException failure = Assert.Throws<IOException>(() => PictureFiles.Open(_folder.Path, Options(new DataOptions { Size = 100 }) with { CacheFolder = mount }));
        Assert.Contains("cannot keep 0.0 GB of decoded pictures", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(mount));
        Assert.Empty(_reports.All);
    }

    private DataOptions Options(DataOptions options) => options with { MostMemory = 0, CacheFolder = _cache.Path, Progress = _reports };

    private DataSplits Open(DataOptions? options = null) => PictureFiles.Open(_folder.Path, Options(options ?? new DataOptions()));
}
