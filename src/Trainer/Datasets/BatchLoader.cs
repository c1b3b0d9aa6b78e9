using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Shuffled, augmented, normalised batches. A batch is a function of (seed, epoch, number), so there is no state to save.</summary>
public sealed class BatchLoader : IBatches
{
    private const uint ShuffleStream = 0x5EED_0001;
    private const uint AugmentStream = 0x5EED_0002;

    private readonly PictureFeed _feed;
    private readonly Augmentation _augmentation;
    private readonly ulong _seed;
    private readonly EpochOrder?[] _orders = new EpochOrder?[2];

    /// <summary>Reads from <paramref name="source"/>, normalised by the host.</summary>
    /// <param name="source">Training pictures.</param>
    /// <param name="normalization">Of the training pictures.</param>
    /// <param name="batch">Pictures per batch; more than there are gives batches of all.</param>
    /// <param name="augmentation">Random changes.</param>
    /// <param name="seed">Chooses order and changes.</param>
    /// <exception cref="ArgumentException">The source is not what training relies on.</exception>
    public BatchLoader(ImageSource source, Normalization normalization, int batch, Augmentation augmentation, ulong seed)
        : this(new PictureFeed(source, normalization), batch, augmentation, seed)
    {
    }

    /// <summary>Reads from <paramref name="feed"/>.</summary>
    /// <param name="feed">Training pictures.</param>
    /// <param name="batch">Pictures per batch; more than there are gives batches of all.</param>
    /// <param name="augmentation">Random changes.</param>
    /// <param name="seed">Chooses order and changes.</param>
    /// <exception cref="ArgumentException">The source is not what training relies on.</exception>
    public BatchLoader(PictureFeed feed, int batch, Augmentation augmentation, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        feed.Source.Validate();
        (_feed, _augmentation, _seed) = (feed, augmentation, seed);
        Batch = Math.Min(batch, feed.Source.Count);
        BatchesPerEpoch = feed.Source.Count / Batch;
    }

    /// <summary>Pictures per batch.</summary>
    public int Batch { get; }

    /// <summary>Batches per epoch; what remains of the pictures is left out, another part in each epoch.</summary>
    public int BatchesPerEpoch { get; }

    /// <inheritdoc/>
    public ImageBatch NewBatch() => _feed.NewBatch(Batch);

    /// <summary>Loads one batch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="number">Batch of the epoch, from 0.</param>
    /// <param name="batch">Made by <see cref="NewBatch"/>.</param>
    /// <exception cref="ImageSourceException">A picture cannot be read.</exception>
    public void Load(int epoch, int number, ImageBatch batch) => LoadRows(((long)epoch * BatchesPerEpoch) + number, 0, Batch, batch);

    /// <summary>Loads some rows of a batch, counted through all epochs.</summary>
    /// <inheritdoc/>
    public void LoadRows(long number, int first, int count, ImageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        (long epoch, long within) = Math.DivRem(number, BatchesPerEpoch);
        int[] order = OrderOf((int)epoch);
        batch.Held = Batch;
        Philox random = new(_seed, AugmentStream);
        for (int row = first; row < first + count; row++)
        {
            int index = order[((int)within * Batch) + row];
            _feed.Fill(batch, row, index, PixelPlacement.Draw(_augmentation, _feed.Source, random.Words((uint)epoch, (ulong)index)));
        }
    }

    // At the turn of an epoch the batches under way are of two. Threads that lack the same order at the same time each make it; either may stay.
    private int[] OrderOf(int epoch)
    {
        EpochOrder? order = Volatile.Read(ref _orders[epoch & 1]);
        if (order?.Epoch != epoch)
        {
            order = new EpochOrder(epoch, new Philox(_seed, ShuffleStream).Permutation((uint)epoch, _feed.Source.Count));
            Volatile.Write(ref _orders[epoch & 1], order);
        }

        return order.Indices;
    }

    private sealed record EpochOrder(int Epoch, int[] Indices);
}
