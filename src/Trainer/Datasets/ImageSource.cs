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
