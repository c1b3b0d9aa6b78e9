using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Room for a batch of normalised pictures and their labels; loaders fill it again and again.</summary>
/// <remarks>Channels are last, as in the bytes of a picture and in the storage of every plan, so that nobody has to reorder them.</remarks>
public sealed class ImageBatch
{
    private readonly float[] _images;
    private readonly int[] _labels;

    /// <summary>Zeros.</summary>
    /// <param name="size">Pictures, N.</param>
    /// <param name="height">Rows of each, H.</param>
    /// <param name="width">Columns of each, W.</param>
    /// <param name="channels">Channels of each, C.</param>
    public ImageBatch(int size, int height, int width, int channels)
    {
        Shape = new Shape(size, channels, height, width);
        _images = new float[Shape.Count];
        _labels = new int[size];
    }

    /// <summary>Logical shape: [N, C, H, W].</summary>
    public Shape Shape { get; }

    /// <summary>Rows, used or not.</summary>
    public int Size => _labels.Length;

    /// <summary>Normalised pictures [N, H, W, C]; zero in unused rows.</summary>
    public Span<float> Images => _images;

    /// <summary>Classes [N]; −1 marks an unused row.</summary>
    public Span<int> Labels => _labels;

    /// <summary>Number of pictures; unused rows are behind them.</summary>
    public int Held { get; internal set; }

    /// <summary>One picture, [H, W, C].</summary>
    internal Span<float> Image(int row) => _images.AsSpan(row * (_images.Length / _labels.Length), _images.Length / _labels.Length);
}
