using Gimbal.Imaging;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class ImageSetTests
{
    private static readonly string[] s_classes = ["a", "b"];
    private static readonly byte[] s_pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    [Fact]
    public void ArraysSpansAndSequencesGiveTheSameSet()
    {
        int[] labels = [1, 0];
        string expected = Fingerprint.Of(new ImageSet(s_pixels, labels, 1, 2, 3, s_classes));
        List<(byte[] Image, int Label)> arrays = [(s_pixels[..6], 1), (s_pixels[6..], 0)];
        IEnumerable<(ReadOnlyMemory<byte> Image, int Label)> memory = arrays.Select(a => (new ReadOnlyMemory<byte>(a.Image), a.Label));
        Assert.Equal(expected, Fingerprint.Of(ImageSet.From(s_pixels.AsSpan(), labels.AsSpan(), 1, 2, 3, s_classes)));
        Assert.Equal(expected, Fingerprint.Of(ImageSet.From(arrays, 1, 2, 3, s_classes)));
        Assert.Equal(expected, Fingerprint.Of(ImageSet.From(memory, 1, 2, 3, s_classes)));
        Assert.NotEqual(expected, Fingerprint.Of(new ImageSet(s_pixels, [0, 1], 1, 2, 3, s_classes)));
    }

    [Theory]
    [InlineData(1, 2, 3, "12 bytes are not 3 pictures of 1x2 with 3 channels", 0, 1, 0)]
    [InlineData(1, 3, 2, "with 2 channels (1 or 3)", 0, 1)]
    [InlineData(0, 2, 3, "0x2", 0, 1)]
    [InlineData(1, 2, 3, "label 2 of picture 1 is not below 2", 0, 2)]
    [InlineData(1, 2, 3, "label -1 of picture 0", -1, 0)]
    public void SizesAndLabelsThatDoNotFitAreRefused(int height, int width, int channels, string message, params int[] labels)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new ImageSet(s_pixels, labels, height, width, channels, s_classes));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoPicturesOrOneClassAreRefused()
    {
        Assert.Contains("no pictures", Assert.Throws<ArgumentException>(() => new ImageSet([], [], 1, 1, 1, s_classes)).Message, StringComparison.Ordinal);
        Assert.Contains("no pictures", Assert.Throws<ArgumentException>(() => ImageSet.From(Array.Empty<(byte[], int)>(), 1, 1, 1, s_classes)).Message, StringComparison.Ordinal);
        Assert.Contains("1 classes; 2 are the least", Assert.Throws<ArgumentException>(() => new ImageSet([1], [0], 1, 1, 1, ["a"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APictureOfAnotherSizeInASequenceIsNamed()
    {
        (byte[], int)[] images = [(s_pixels[..6], 0), (s_pixels[..5], 1)];
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => ImageSet.From(images, 1, 2, 3, s_classes));
        Assert.Contains("picture 1 has 5 bytes; 1x2 with 3 channels wants 6", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 2, 0, "has 0 pictures of 2x2 with 1 channels")]
    [InlineData(3, 2, 2, 0, "has 3 pictures of 2x2 with 2 channels")]
    [InlineData(3, 1, 1, 0, "has 3 pictures of 2x2 with 1 channels and 1 classes")]
    [InlineData(3, 1, 2, 2, "gives picture 0 the label 2, which is not in 0 to 1")]
    public void ASourceOfOnesOwnIsCheckedBeforeTraining(int count, int channels, int classes, int label, string message)
    {
        OwnSource source = new(count, channels, classes, label);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new BatchLoader(source, new Normalization([0], [1]), 2, Augmentation.None, 1));
        Assert.StartsWith($"OwnSource {message}", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(3, new BatchLoader(new OwnSource(3, 1, 2, 1), new Normalization([0], [1]), 8, Augmentation.None, 1).Batch);
    }

    [Fact]
    public void ResizingIsThatOfTheDecoder()
    {
        byte[] pixels = new byte[4 * 6 * 5 * 3];
        new Random(1).NextBytes(pixels);
        ImageSet set = new(pixels, [0, 1, 1, 0], 6, 5, 3, s_classes);
        ImageSource resized = ImageSet.Resized(set, 9);
        Assert.Equal((9, 9, 3, 4), (resized.Height, resized.Width, resized.Channels, resized.Count));
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(PictureResizer.Resize(new Picture(6, 5, 3, PictureFiles.Read(set, i)), 9, 9).Pixels, PictureFiles.Read(resized, i));
            Assert.Equal(set.Label(i), resized.Label(i));
        }

        Assert.Same(resized, ImageSet.Resized(resized, 9));
        Assert.Contains("choose a smaller one", Assert.Throws<DataSpecException>(() => ImageSet.Resized(set, 20_000)).Message, StringComparison.Ordinal);
    }

    private sealed class OwnSource(int count, int channels, int classes, int label) : ImageSource
    {
        public override int Count => count;

        public override int Height => 2;

        public override int Width => 2;

        public override int Channels => channels;

        public override IReadOnlyList<string> Classes { get; } = [.. Enumerable.Range(0, classes).Select(i => $"{i}")];

        public override void Read(int index, Span<byte> pixels) => pixels.Fill((byte)index);

        public override int Label(int index) => label;
    }
}
