using Gimbal.Imaging;

namespace Gimbal.Trainer.Datasets;

/// <summary>Pictures in memory.</summary>
public sealed class ImageSet : ImageSource
{
    /// <summary>Most bytes of one set: an array holds no more.</summary>
    public const long MostBytes = 2_000_000_000;

    private readonly byte[] _pixels;
    private readonly int[] _labels;

    /// <summary>Wraps arrays without copying them.</summary>
    /// <param name="pixels">All pictures one after the other, each rows of pixels with interleaved channels.</param>
    /// <param name="labels">One per picture.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="classes">Names of the classes, 2 or more.</param>
    /// <exception cref="ArgumentException">Sizes do not agree, or a label is not a position in <paramref name="classes"/>.</exception>
    public ImageSet(byte[] pixels, int[] labels, int height, int width, int channels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (channels is not (1 or 3) || height < 1 || width < 1 || pixels.LongLength != (long)labels.Length * height * width * channels)
        {
            throw new ArgumentException(
                $"{pixels.LongLength} bytes are not {labels.Length} pictures of {height}x{width} with {channels} channels (1 or 3)", nameof(pixels));
        }

        if (labels.Length == 0)
        {
            throw new ArgumentException("no pictures", nameof(labels));
        }

        int wrong = Array.FindIndex(labels, label => label < 0 || label >= classes.Count);
        if (wrong >= 0 || classes.Count < 2)
        {
            throw new ArgumentException(
                classes.Count < 2 ? $"{classes.Count} classes; 2 are the least" : $"label {labels[wrong]} of picture {wrong} is not below {classes.Count}",
                nameof(labels));
        }

        (_pixels, _labels, Height, Width, Channels, Classes) = (pixels, labels, height, width, channels, classes);
    }

    /// <summary>Copies spans.</summary>
    /// <inheritdoc cref="ImageSet(byte[], int[], int, int, int, IReadOnlyList{string})"/>
    public static ImageSet From(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> labels, int height, int width, int channels, IReadOnlyList<string> classes) =>
        new(pixels.ToArray(), labels.ToArray(), height, width, channels, classes);

    /// <summary>Copies pictures one by one.</summary>
    /// <param name="images">Pixels, interleaved, and label of each picture.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="classes">Names of the classes, 2 or more.</param>
    /// <exception cref="ArgumentException">There are none or too many, a picture has another size, or a label is out of range.</exception>
    public static ImageSet From(
        IEnumerable<(ReadOnlyMemory<byte> Image, int Label)> images, int height, int width, int channels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(images);
        List<int> labels = [];
        using MemoryStream pixels = new();
        foreach ((ReadOnlyMemory<byte> image, int label) in images)
        {
            if (image.Length != (long)height * width * channels)
            {
                throw new ArgumentException(
                    $"picture {labels.Count} has {image.Length} bytes; {height}x{width} with {channels} channels wants {(long)height * width * channels}", nameof(images));
            }

            if (pixels.Length + image.Length > MostBytes)
            {
                throw new ArgumentException($"more than {MostBytes} bytes; derive from ImageSource to keep pictures elsewhere", nameof(images));
            }

            pixels.Write(image.Span);
            labels.Add(label);
        }

        return new ImageSet(pixels.ToArray(), [.. labels], height, width, channels, classes);
    }

    /// <inheritdoc cref="From(IEnumerable{ValueTuple{ReadOnlyMemory{byte}, int}}, int, int, int, IReadOnlyList{string})"/>
    public static ImageSet From(IEnumerable<(byte[] Image, int Label)> images, int height, int width, int channels, IReadOnlyList<string> classes) =>
        From(images.Select(image => (new ReadOnlyMemory<byte>(image.Image), image.Label)), height, width, channels, classes);

    /// <summary>The pictures of a source scaled to a square, as files are on decoding; the source itself where they have that size.</summary>
    /// <param name="source">Pictures of any size.</param>
    /// <param name="side">Rows and columns.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="DataSpecException">The pictures would take more than <see cref="MostBytes"/>.</exception>
    public static ImageSource Resized(ImageSource source, int side, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (source.Height == side && source.Width == side)
        {
            return source;
        }

        long length = (long)side * side * source.Channels;
        if (source.Count * length > MostBytes)
        {
            throw new DataSpecException($"--size: {source.Count} pictures of {side}x{side} need more than the {MostBytes / 1_000_000_000} GB that are held in memory; choose a smaller one, or --limit");
        }

        byte[] pixels = new byte[source.Count * length];
        int[] labels = new int[source.Count];
        Parallel.For(0, source.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            byte[] own = new byte[source.PixelBytes];
            source.Fetch(i, own, out labels[i]).CopyTo(own);
            PictureResizer.Resize(new Picture(source.Height, source.Width, source.Channels, own), side, side).Pixels.CopyTo(pixels, i * length);
        });
        return new ImageSet(pixels, labels, side, side, source.Channels, source.Classes);
    }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override int Height { get; }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    /// <inheritdoc/>
    public override void Read(int index, Span<byte> pixels) => Pixels(index).CopyTo(pixels);

    /// <inheritdoc/>
    public override int Label(int index) => _labels[index];

    internal override ReadOnlySpan<byte> Fetch(int index, Span<byte> room, out int label)
    {
        label = _labels[index];
        return Pixels(index);
    }

    private ReadOnlySpan<byte> Pixels(int index) => _pixels.AsSpan(checked(index * PixelBytes), PixelBytes);
}
