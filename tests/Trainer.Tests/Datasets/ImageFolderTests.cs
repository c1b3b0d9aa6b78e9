using Gimbal.Imaging;
using Gimbal.Trainer.Datasets;
using SkiaSharp;

namespace Gimbal.Trainer.Tests.Datasets;

public class ImageFolderTests
{
    [Fact]
    public void TrainAndTestFoldersAreTheParts()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "train", ("dog", 3), ("cat", 5));
        PictureFiles.WriteClasses(folder, "test", ("dog", 2), ("cat", 1));
        DataSplits data = PictureFiles.Open(folder.Path);
        Assert.Equal(["cat", "dog"], data.Train.Classes);
        Assert.Equal([5, 3], data.Train.CountByClass());
        Assert.Equal([1, 2], data.Test.CountByClass());
        Assert.Equal(PictureDecoder.Decode(File.ReadAllBytes(folder["test/dog/001.png"]), 3).Pixels, PictureFiles.Read(data.Test, 2));
        Assert.Empty(data.Notes);
    }

    [Fact]
    public void AFolderOfClassesIsDividedByTheSeedWithinEachClass()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 40), ("b", 20), ("c", 10));
        DataOptions options = new() { TestFraction = 0.3, Seed = 5 };
        DataSplits data = PictureFiles.Open(folder.Path, options);
        Assert.Equal([12, 6, 3], data.Test.CountByClass());
        Assert.Equal([28, 14, 7], data.Train.CountByClass());
        Assert.Contains("30 % of each class are the test set (seed 5)", data.Notes[0], StringComparison.Ordinal);
        HashSet<string> train = [.. Enumerable.Range(0, 49).Select(i => Convert.ToHexString(PictureFiles.Read(data.Train, i)))];
        HashSet<string> test = [.. Enumerable.Range(0, 21).Select(i => Convert.ToHexString(PictureFiles.Read(data.Test, i)))];
        Assert.Equal((49, 21), (train.Count, test.Count));
        Assert.Empty(train.Intersect(test));
        Assert.Equal(Fingerprint.Of(data.Test), Fingerprint.Of(PictureFiles.Open(folder.Path, options).Test));
        Assert.NotEqual(Fingerprint.Of(data.Test), Fingerprint.Of(PictureFiles.Open(folder.Path, options with { Seed = 6 }).Test));
    }

    [Fact]
    public void DecodingInParallelGivesTheBytesAndTheOrderOfOneThread()
    {
        using TestFolder folder = new();
        SKEncodedImageFormat[] formats = [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp];
        List<string> files = [];
        for (int i = 0; i < 120; i++)
        {
            files.Add(folder.Write($"{(i < 60 ? "train" : "test")}/{i / 20 % 3}/{i:000}.{(i % 3 == 0 ? "JPG" : i % 3 == 1 ? "png" : "webp")}", PictureFiles.Noise(i, 10 + (i % 7), 9 + (i % 5), formats[i % 3])));
        }

        DataSplits data = PictureFiles.Open(folder.Path, new DataOptions { Size = 12 });
        for (int i = 0; i < files.Count; i++)
        {
            Picture expected = PictureResizer.Resize(PictureDecoder.Decode(File.ReadAllBytes(files[i]), 3), 12, 12);
            Assert.Equal(expected.Pixels, PictureFiles.Read(i < 60 ? data.Train : data.Test, i % 60));
        }
    }

    [Fact]
    public void PicturesAreTurnedUprightWhateverTheirOrientation()
    {
        const int Height = 16;
        const int Width = 32;
        using TestFolder folder = new();
        for (byte orientation = 1; orientation <= 8; orientation++)
        {
            (int height, int width) = orientation < 5 ? (Height, Width) : (Width, Height);
            byte[] jpeg = PictureFiles.Encode(height, width, (r, c) => Corner(Upright(orientation, r, c)), SKEncodedImageFormat.Jpeg);
            folder.Write($"train/a/{orientation}.jpg", PictureFiles.Oriented(jpeg, orientation));
            folder.Write($"train/b/{orientation}.jpg", PictureFiles.Oriented(jpeg, 1));
        }

        Directory.CreateDirectory(folder["test/a"]);
        Directory.CreateDirectory(folder["test/b"]);
        File.Copy(folder["train/a/8.jpg"], folder["test/a/8.jpg"]);
        File.Copy(folder["train/a/6.jpg"], folder["test/b/6.jpg"]);
        ImageSource turned = PictureFiles.Open(folder.Path, new DataOptions { Size = 32 }).Train;
        int matching = Enumerable.Range(0, 16).Count(i => Distance(PictureFiles.Read(turned, i), PictureFiles.Read(turned, 0)) < 0.05);
        // Eight that are turned, and orientation 1 of the control; the other seven of the control lie or stand wrong.
        Assert.Equal(9, matching);

        Directory.Delete(folder["train/b"], recursive: true);
        Directory.Move(folder["test/b"], folder["train/b"]);
        Directory.CreateDirectory(folder["test/b"]);
        File.Copy(folder["train/a/5.jpg"], folder["test/b/5.jpg"]);
        DataSplits own = PictureFiles.Open(folder.Path);
        Assert.Equal((Height, Width), (own.Train.Height, own.Train.Width));

        // What TIFF 6.0 says of each value: where row 0 and column 0 of the stored picture are seen.
        static (int Y, int X) Upright(int orientation, int r, int c) => orientation switch
        {
            1 => (r, c),
            2 => (r, Width - 1 - c),
            3 => (Height - 1 - r, Width - 1 - c),
            4 => (Height - 1 - r, c),
            5 => (c, r),
            6 => (c, Width - 1 - r),
            7 => (Height - 1 - c, Width - 1 - r),
            _ => (Height - 1 - c, r),
        };

        static SKColor Corner((int Y, int X) at) => new((byte)(at.Y < Height / 2 ? 30 : 220), (byte)(at.X < Width / 2 ? 40 : 200), 90);

        // Share of bytes that differ by more than JPEG's rounding.
        static double Distance(byte[] a, byte[] b) => a.Zip(b).Count(p => Math.Abs(p.First - p.Second) > 24) / (double)a.Length;
    }

    [Fact]
    public void TransparencyIsLaidOnWhiteAndGreyAmongColourBecomesColour()
    {
        using TestFolder folder = new();
        folder.Write("train/a/1.png", PictureFiles.Flat(new SKColor(200, 0, 0, 128)));
        folder.Write("train/b/1.png", PictureFiles.Flat(new SKColor(77, 77, 77)));
        folder.Write("test/a/1.png", PictureFiles.Flat(new SKColor(0, 0, 0, 0)));
        folder.Write("test/b/1.jpg", Grey(90));
        DataSplits data = PictureFiles.Open(folder.Path);
        Assert.Equal(3, data.Train.Channels);
        Assert.Equal([227, 127, 127], PictureFiles.Read(data.Train, 0)[..3]);
        Assert.Equal([77, 77, 77], PictureFiles.Read(data.Train, 1)[..3]);
        Assert.Equal([255, 255, 255], PictureFiles.Read(data.Test, 0)[..3]);
        Assert.Equal([90, 90, 90], PictureFiles.Read(data.Test, 1)[..3]);
    }

    [Fact]
    public void PicturesThatAreAllGreyHaveOneChannel()
    {
        using TestFolder folder = new();
        folder.Write("train/a/1.png", PictureFiles.Flat(new SKColor(10, 10, 10)));
        folder.Write("train/b/1.jpg", Grey(90));
        folder.Write("test/a/1.png", PictureFiles.Flat(new SKColor(30, 30, 30)));
        folder.Write("test/b/1.png", PictureFiles.Flat(new SKColor(40, 40, 40)));
        DataSplits data = PictureFiles.Open(folder.Path);
        Assert.Equal((1, 64), (data.Train.Channels, data.Train.PixelBytes));
        Assert.Equal([10, 90, 30, 40], [PictureFiles.Read(data.Train, 0)[5], PictureFiles.Read(data.Train, 1)[5], PictureFiles.Read(data.Test, 0)[5], PictureFiles.Read(data.Test, 1)[63]]);
    }

    [Theory]
    [InlineData(8, 8, 9, 8, null, 64, 64, true)]
    [InlineData(8, 12, 8, 12, null, 8, 12, false)]
    [InlineData(257, 30, 257, 30, null, 64, 64, true)]
    [InlineData(256, 30, 256, 30, null, 256, 30, false)]
    [InlineData(8, 8, 9, 8, 20, 20, 20, false)]
    public void TheSizeIsTheOneAskedForOrTheirOwnOrTheUsual(int height, int width, int otherHeight, int otherWidth, int? size, int wantedHeight, int wantedWidth, bool isNoted)
    {
        using TestFolder folder = new();
        foreach (string part in (string[])["train", "test"])
        {
            folder.Write($"{part}/a/1.png", PictureFiles.Noise(1, height, width));
            folder.Write($"{part}/b/1.png", PictureFiles.Noise(2, otherHeight, otherWidth));
        }

        DataSplits data = PictureFiles.Open(folder.Path, new DataOptions { Size = size });
        Assert.Equal((wantedHeight, wantedWidth), (data.Train.Height, data.Train.Width));
        Assert.Equal(isNoted, data.Notes.Any(note => note.Contains("--size", StringComparison.Ordinal)));
    }

    [Fact]
    public void ManyMoreOfOneClassIsNotedWithTheRemedy()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "train", ("rare", 3), ("common", 10), ("usual", 4));
        PictureFiles.WriteClasses(folder, "test", ("rare", 1), ("common", 1), ("usual", 1));
        DataSpec spec = DataSpec.Parse($"images:{folder.Path}");
        Assert.Equal(
            "classes are unbalanced: common 58.8 %, usual 23.5 %, rare 17.6 %; --class-weights balanced makes each count the same",
            Assert.Single(spec.Open(new DataOptions()).Notes));
        File.Delete(folder["train/common/009.png"]);
        Assert.Empty(spec.Open(new DataOptions()).Notes);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("")]
    public void PicturesBeyondTheLimitAreNotDecodedAndTheOthersAreThoseOfTake(string below)
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, below, ("a", 60), ("b", 20));
        if (below.Length > 0)
        {
            PictureFiles.WriteClasses(folder, "test", ("a", 3), ("b", 3));
        }

        DataOptions all = new() { Seed = 9 };
        DataSpec spec = DataSpec.Parse($"images:{folder.Path}");
        Reports reports = new();
        DataSplits limited = spec.Open(all with { Limit = 7, Progress = reports });
        DataSplits whole = spec.Open(all);
        Assert.Equal(Fingerprint.Of(ImageSubset.Take(whole.Train, 7, 9)), Fingerprint.Of(limited.Train));
        Assert.Equal(Fingerprint.Of(whole.Test), Fingerprint.Of(limited.Test));
        Assert.Equal(7 + whole.Test.Count, reports.All[^1].Total);
        Assert.Equal(whole.Notes, limited.Notes);
    }

    [Fact]
    public void DecodingReportsProgressAndCanBeCancelled()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 5), ("b", 5));
        Reports reports = new();
        PictureFiles.Open(folder.Path, new DataOptions { Progress = reports });
        Assert.Equal(new LoadProgress("decode pictures", 10, 10), Assert.Single(reports.All));
        Assert.ThrowsAny<OperationCanceledException>(() => ImageFolder.Open(folder.Path, new DataOptions(), new CancellationToken(canceled: true)));
    }

    private static byte[] Grey(byte value)
    {
        using SKBitmap bitmap = new(new SKImageInfo(8, 8, SKColorType.Gray8, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(value, value, value));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 100);
        return data.ToArray();
    }
}
