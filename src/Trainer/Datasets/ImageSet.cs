namespace Gimbal.Trainer.Datasets;

/// <summary>Pictures in memory.</summary>
public sealed class ImageSet : ImageSource
{
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

        int wrong = Array.FindIndex(labels, label => label < 0 || label >= classes.Count);
        if (wrong >= 0 || classes.Count < 2)
        {
            throw new ArgumentException(
                classes.Count < 2 ? $"{classes.Count} classes; 2 are the least" : $"label {labels[wrong]} of picture {wrong} is not below {classes.Count}",
                nameof(labels));
        }

        (_pixels, _labels, Height, Width, Channels, Classes) = (pixels, labels, height, width, channels, classes);
    }

    /// <summary>Copies pictures one by one.</summary>
    /// <param name="images">Pixels, interleaved, and label of each picture.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">1 or 3.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <exception cref="ArgumentException">A picture has another size, or a label is out of range.</exception>
    public static ImageSet From(
        IEnumerable<(ReadOnlyMemory<byte> Image, int Label)> images, int height, int width, int channels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(images);
        List<int> labels = [];
        using MemoryStream pixels = new();
        foreach ((ReadOnlyMemory<byte> image, int label) in images)
        {
            if (image.Length != height * width * channels)
            {
                throw new ArgumentException($"picture {labels.Count} has {image.Length} bytes; {height}x{width}x{channels} wants {height * width * channels}", nameof(images));
            }

            pixels.Write(image.Span);
            labels.Add(label);
        }

        return new ImageSet(pixels.ToArray(), [.. labels], height, width, channels, classes);
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
    public override void Read(int index, Span<byte> pixels) => _pixels.AsSpan(checked(index * PixelBytes), PixelBytes).CopyTo(pixels);

    /// <inheritdoc/>
    public override int Label(int index) => _labels[index];
}
