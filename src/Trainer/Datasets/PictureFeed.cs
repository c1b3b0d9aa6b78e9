using System.Buffers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Puts the pictures of one source into the rows of batches: normalised by the host, or as bytes for a device that normalises them. The images are the same, bit by bit.</summary>
/// <remarks>
/// A device that makes its own batches keeps the whole source where that fits its memory, as it says; else each batch carries the bytes of its pictures. Both are allocated
/// with the first batch, so that plans come first.
/// </remarks>
public sealed class PictureFeed : IDisposable
{
    // Copied at a time into the memory of a device.
    private const int PieceBytes = 4 << 20;

    private readonly float[] _table;
    private readonly Device? _device;
    private readonly int _most;
    private DevicePictures? _pictures;
    private int[]? _residentLabels;

    /// <summary>Normalised by the host.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="normalization">Of the training pictures.</param>
    public PictureFeed(ImageSource source, Normalization normalization)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(normalization);
        (Source, _table) = (source, normalization.Table());
    }

    /// <summary>Normalised by a device, where it can.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="normalization">Of the training pictures.</param>
    /// <param name="device">Where the batches go.</param>
    /// <param name="batch">Most rows of a batch.</param>
    public PictureFeed(ImageSource source, Normalization normalization, Device device, int batch)
        : this(source, normalization) => (_device, _most) = (device, batch);

    /// <summary>The pictures.</summary>
    public ImageSource Source { get; }

    /// <summary>Room for one batch.</summary>
    /// <param name="size">Rows.</param>
    /// <exception cref="ImageSourceException">A picture that the device should keep cannot be read.</exception>
    public ImageBatch NewBatch(int size)
    {
        if (_pictures is null && _device?.NewPictures(Source.Count, _most, new Shape(Source.Height, Source.Width, Source.Channels), _table) is { } pictures)
        {
            _pictures = pictures;
            if (pictures.Capacity >= Source.Count)
            {
                _residentLabels = Upload(pictures);
            }
        }

        return _pictures is null
            ? new ImageBatch(size, Source.Height, Source.Width, Source.Channels)
            : new ImageBatch(size, Source, _pictures, carriesPixels: _residentLabels is null);
    }

    /// <summary>Fills a row.</summary>
    internal void Fill(ImageBatch batch, int row, int index, in PixelPlacement placement)
    {
        if (_residentLabels is not null)
        {
            (batch.Labels[row], batch.Rows[row]) = (_residentLabels[index], placement.ToRow(index));
        }
        else if (_pictures is not null)
        {
            Source.Fetch(index, batch.Pixels(row), out batch.Labels[row]).CopyTo(batch.Pixels(row));
            batch.Rows[row] = placement.ToRow(row);
        }
        else
        {
            byte[] room = ArrayPool<byte>.Shared.Rent(Source.PixelBytes);
            placement.Write(Source.Fetch(index, room.AsSpan(0, Source.PixelBytes), out batch.Labels[row]), _table, batch.Image(row));
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>Leaves a row without a picture: zero, and labelled −1.</summary>
    internal void Empty(ImageBatch batch, int row)
    {
        batch.Labels[row] = -1;
        if (_pictures is not null)
        {
            batch.Rows[row] = PictureRow.Empty;
        }
        else
        {
            batch.Image(row).Clear();
        }
    }

    /// <summary>Frees what a device keeps; no batch may be used any more.</summary>
    public void Dispose() => _pictures?.Dispose();

    // Returns the labels.
    private int[] Upload(DevicePictures pictures)
    {
        int length = Source.PixelBytes;
        int[] labels = new int[Source.Count];
        byte[] piece = new byte[Math.Clamp(PieceBytes / length, 1, Source.Count) * length];
        int held = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            Span<byte> pixels = piece.AsSpan(held * length, length);
            Source.Fetch(i, pixels, out labels[i]).CopyTo(pixels);
            if (++held * length == piece.Length || i == labels.Length - 1)
            {
                pictures.Write(i + 1 - held, piece.AsSpan(0, held * length));
                held = 0;
            }
        }

        return labels;
    }
}
