using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Shuffled, augmented, normalised batches. A batch is a function of (seed, epoch, number), so there is no state to save.</summary>
public sealed class BatchLoader
{
    private const uint ShuffleStream = 0x5EED_0001;
    private const uint AugmentStream = 0x5EED_0002;

    private readonly ImageSource _source;
    private readonly Augmentation _augmentation;
    private readonly float[] _table;
    private readonly byte[] _pixels;
    private readonly ulong _seed;
    private int[] _order = [];
    private int _orderEpoch = -1;

    /// <summary>Reads from <paramref name="source"/>.</summary>
    /// <param name="source">Training pictures.</param>
    /// <param name="normalization">Of the training pictures.</param>
    /// <param name="batch">Pictures per batch; more than there are gives batches of all.</param>
    /// <param name="augmentation">Random changes.</param>
    /// <param name="seed">Chooses order and changes.</param>
    /// <exception cref="ArgumentException">The source is not what training relies on.</exception>
    public BatchLoader(ImageSource source, Normalization normalization, int batch, Augmentation augmentation, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(normalization);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        source.Validate();
        (_source, _augmentation, _seed) = (source, augmentation, seed);
        _table = normalization.Table();
        _pixels = new byte[source.PixelBytes];
        Batch = Math.Min(batch, source.Count);
    }

    /// <summary>Pictures per batch.</summary>
    public int Batch { get; }

    /// <summary>Batches per epoch; what remains of the pictures is left out, another part in each epoch.</summary>
    public int BatchesPerEpoch => _source.Count / Batch;

    /// <summary>Loads one batch.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="number">Batch of the epoch, from 0.</param>
    /// <param name="images">Receives [N,C,H,W].</param>
    /// <param name="labels">Receives [N].</param>
    public void Load(int epoch, int number, Span<float> images, Span<int> labels)
    {
        if (epoch != _orderEpoch)
        {
            (_order, _orderEpoch) = (new Philox(_seed, ShuffleStream).Permutation((uint)epoch, _source.Count), epoch);
        }

        int length = _source.PixelBytes;
        Philox random = new(_seed, AugmentStream);
        for (int i = 0; i < Batch; i++)
        {
            int index = _order[(number * Batch) + i];
            _source.Read(index, _pixels);
            labels[i] = _source.Label(index);
            PixelPlacement placement = PixelPlacement.Draw(_augmentation, _source, random.Words((uint)epoch, (ulong)index));
            placement.Write(_pixels, _table, images.Slice(i * length, length));
        }
    }
}
