namespace Gimbal.Trainer.Datasets;

/// <summary>All pictures once, in order and unchanged, in batches of fixed size: what evaluation and export read.</summary>
/// <param name="feed">Pictures.</param>
/// <param name="batch">Pictures per batch.</param>
public sealed class OrderedBatches(PictureFeed feed, int batch) : IBatches
{
    private readonly PixelPlacement _unchanged = PixelPlacement.Unchanged(feed.Source);

    /// <summary>Normalised by the host.</summary>
    /// <param name="source">Pictures.</param>
    /// <param name="normalization">Of the training pictures.</param>
    /// <param name="batch">Pictures per batch.</param>
    public OrderedBatches(ImageSource source, Normalization normalization, int batch)
        : this(new PictureFeed(source, normalization), batch)
    {
    }

    /// <summary>Number of batches; the last may be part empty.</summary>
    public int Count => (feed.Source.Count + batch - 1) / batch;

    /// <inheritdoc/>
    public ImageBatch NewBatch() => feed.NewBatch(batch);

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
        batch.Held = Math.Min(batch.Size, feed.Source.Count - start);
        for (int row = first; row < first + count; row++)
        {
            if (row < batch.Held)
            {
                feed.Fill(batch, row, start + row, _unchanged);
            }
            else
            {
                feed.Empty(batch, row);
            }
        }
    }
}
