namespace Gimbal.Trainer.Datasets;

/// <summary>All pictures once, in order and unchanged, in batches of fixed size: what evaluation and export read.</summary>
/// <param name="source">Pictures.</param>
/// <param name="normalization">Of the training pictures.</param>
/// <param name="batch">Pictures per batch.</param>
public sealed class OrderedBatches(ImageSource source, Normalization normalization, int batch)
{
    private readonly float[] _table = normalization.Table();
    private readonly byte[] _pixels = new byte[source.PixelBytes];

    /// <summary>Number of batches; the last may be part empty.</summary>
    public int Count => (source.Count + batch - 1) / batch;

    /// <summary>Loads one batch and returns how many pictures it holds; rows behind them are zero and labelled −1.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="images">Receives [N,C,H,W].</param>
    /// <param name="labels">Receives [N].</param>
    public int Load(int number, Span<float> images, Span<int> labels)
    {
        int length = source.PixelBytes;
        PixelPlacement unchanged = PixelPlacement.Unchanged(source);
        int held = Math.Min(batch, source.Count - (number * batch));
        for (int i = 0; i < held; i++)
        {
            source.Read((number * batch) + i, _pixels);
            labels[i] = source.Label((number * batch) + i);
            unchanged.Write(_pixels, _table, images.Slice(i * length, length));
        }

        images[(held * length)..].Clear();
        labels[held..].Fill(-1);
        return held;
    }
}
