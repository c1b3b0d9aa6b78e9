namespace Gimbal.Trainer.Datasets;

/// <summary>Labelled pictures of one size. Derive from it to train on data kept elsewhere.</summary>
/// <remarks>Reading must be thread safe and give the same bytes every time.</remarks>
public abstract class ImageSource
{
    /// <summary>Number of pictures.</summary>
    public abstract int Count { get; }

    /// <summary>Rows, in pixels.</summary>
    public abstract int Height { get; }

    /// <summary>Columns, in pixels.</summary>
    public abstract int Width { get; }

    /// <summary>1 (grey) or 3 (red, green, blue).</summary>
    public abstract int Channels { get; }

    /// <summary>Names of the classes; a label is a position in this list.</summary>
    public abstract IReadOnlyList<string> Classes { get; }

    /// <summary>Bytes of one picture.</summary>
    public int PixelBytes => Height * Width * Channels;

    /// <summary>Copies picture <paramref name="index"/>: rows of pixels, channels interleaved.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <param name="pixels"><see cref="PixelBytes"/> bytes.</param>
    public abstract void Read(int index, Span<byte> pixels);

    /// <summary>Class of picture <paramref name="index"/>.</summary>
    public abstract int Label(int index);

    /// <summary>Checks what training relies on; worth calling on a source of one's own.</summary>
    /// <exception cref="ArgumentException">No pictures, no size, channels other than 1 or 3, fewer than 2 classes, or a label out of range.</exception>
    public void Validate()
    {
        if (Count < 1 || Height < 1 || Width < 1 || Channels is not (1 or 3) || Classes.Count < 2)
        {
            throw new ArgumentException(
                $"{GetType().Name} has {Count} pictures of {Height}x{Width} with {Channels} channels and {Classes.Count} classes; 1 picture, 1x1, 1 or 3 channels and 2 classes are the least");
        }

        for (int i = 0; i < Count; i++)
        {
            if ((uint)Label(i) >= (uint)Classes.Count)
            {
                throw new ArgumentException($"{GetType().Name} gives picture {i} the label {Label(i)}, which is not in 0 to {Classes.Count - 1}");
            }
        }
    }

    /// <summary>Number of pictures of each class.</summary>
    public int[] CountByClass()
    {
        int[] counts = new int[Classes.Count];
        for (int i = 0; i < Count; i++)
        {
            counts[Label(i)]++;
        }

        return counts;
    }
}
