using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Labelled pictures of one size. Derive from it to train on data kept elsewhere.</summary>
/// <remarks>
/// Pictures are read on threads of the loader's own while training goes on, one at a time unless <see cref="IsThreadSafe"/> allows more; those that a card keeps, once ahead
/// of it. Reading must give the same bytes every time. What it throws ends the training, as the cause of an <see cref="ImageSourceException"/>.
/// </remarks>
public abstract class ImageSource
{
    private readonly Lock _reading = new();

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

    /// <summary>Whether several threads may read at a time; a source that can should say so, above all where reading decodes or waits.</summary>
    public virtual bool IsThreadSafe => false;

    /// <summary>Bytes of one picture.</summary>
    public int PixelBytes => Height * Width * Channels;

    /// <summary>Copies picture <paramref name="index"/>: rows of pixels, channels interleaved.</summary>
    /// <param name="index">0 to <see cref="Count"/> − 1.</param>
    /// <param name="pixels"><see cref="PixelBytes"/> bytes.</param>
    public abstract void Read(int index, Span<byte> pixels);

    /// <summary>Class of picture <paramref name="index"/>.</summary>
    public abstract int Label(int index);

    /// <summary>A picture and its label, on any thread.</summary>
    /// <param name="index">Which.</param>
    /// <param name="room"><see cref="PixelBytes"/> bytes for sources that have to copy.</param>
    /// <param name="label">Its class.</param>
    /// <exception cref="ImageSourceException">The source failed.</exception>
    /// <exception cref="DataFileException">A file, which it names, is not what it was.</exception>
    internal virtual ReadOnlySpan<byte> Fetch(int index, Span<byte> room, out int label)
    {
        try
        {
            if (IsThreadSafe)
            {
                Read(index, room);
                label = Label(index);
                return room;
            }

            lock (_reading)
            {
                Read(index, room);
                label = Label(index);
                return room;
            }
        }
        catch (Exception e) when (e is not DataFileException)
        {
            throw new ImageSourceException(GetType().Name, index, e);
        }
    }

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
