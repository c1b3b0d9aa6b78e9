using System.Buffers;

namespace Gimbal.Trainer.Datasets;

/// <summary>All pictures once, in order and unchanged, in batches of fixed size: what evaluation and export read.</summary>
/// <param name="source">Pictures.</param>
/// <param name="normalization">Of the training pictures.</param>
/// <param name="batch">Pictures per batch.</param>
public sealed class OrderedBatches(ImageSource source, Normalization normalization, int batch) : IBatches
{
    private readonly float[] _table = normalization.Table();
    private readonly int _length = source.PixelBytes;
    private readonly PixelPlacement _unchanged = PixelPlacement.Unchanged(source);

    /// <summary>Number of batches; the last may be part empty.</summary>
    public int Count => (source.Count + batch - 1) / batch;

    /// <inheritdoc/>
    public ImageBatch NewBatch() => new(batch, source.Height, source.Width, source.Channels);

    /// <summary>Loads one batch; rows behind its pictures are zero and labelled −1.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="loaded">Made by <see cref="NewBatch"/>.</param>
    /// <exception cref="ImageSourceException">A picture cannot be read.</exception>
    public void Load(int number, ImageBatch loaded) => LoadRows(number, 0, batch, loaded);

    /// <inheritdoc/>
    public void LoadRows(long number, int first, int count, ImageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int start = checked((int)(number * batch.Size));
        batch.Held = Math.Min(batch.Size, source.Count - start);
        byte[] room = ArrayPool<byte>.Shared.Rent(_length);
        for (int row = first; row < first + count; row++)
        {
            if (row < batch.Held)
            {
                ReadOnlySpan<byte> pixels = source.Fetch(start + row, room.AsSpan(0, _length), out batch.Labels[row]);
                _unchanged.Write(pixels, _table, batch.Image(row));
            }
            else
            {
                batch.Image(row).Clear();
                batch.Labels[row] = -1;
            }
        }

        ArrayPool<byte>.Shared.Return(room);
    }
}
