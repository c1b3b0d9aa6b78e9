using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>Room for a batch of pictures and their labels; loaders fill it again and again. It holds them normalised, or as bytes that a device normalises.</summary>
/// <remarks>Channels are last, as in the bytes of a picture and in the storage of every plan, so that nobody has to reorder them.</remarks>
public sealed class ImageBatch
{
    private readonly float[] _images = [];
    private readonly byte[] _pixels = [];
    private readonly PictureRow[] _rows = [];
    private readonly int[] _labels;
    private readonly DevicePictures? _pictures;

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

    /// <summary>Nothing yet, for a device.</summary>
    /// <param name="size">Rows.</param>
    /// <param name="source">Whose pictures.</param>
    /// <param name="pictures">Where they are, or come.</param>
    /// <param name="carriesPixels">Whether they come with the batch.</param>
    internal ImageBatch(int size, ImageSource source, DevicePictures pictures, bool carriesPixels)
    {
        Shape = new Shape(size, source.Channels, source.Height, source.Width);
        (_pictures, _rows, _labels) = (pictures, new PictureRow[size], new int[size]);
        _pixels = carriesPixels ? new byte[Shape.Count] : [];
    }

    /// <summary>Logical shape: [N, C, H, W].</summary>
    public Shape Shape { get; }

    /// <summary>Rows, used or not.</summary>
    public int Size => _labels.Length;

    /// <summary>Normalised pictures [N, H, W, C], zero in unused rows; nothing where a device normalises them.</summary>
    public Span<float> Images => _images;

    /// <summary>Classes [N]; −1 marks an unused row.</summary>
    public Span<int> Labels => _labels;

    /// <summary>Number of pictures; unused rows are behind them.</summary>
    public int Held { get; internal set; }

    /// <summary>What the device makes of each row; nothing where the host normalises.</summary>
    internal Span<PictureRow> Rows => _rows;

    /// <summary>Where the device keeps every picture of the data set; null where they come with the batch.</summary>
    internal DevicePictures? Resident => _pixels.Length == 0 ? _pictures : null;

    /// <summary>Sets an input of a plan to the images.</summary>
    /// <param name="plan">Of the device the batch is for.</param>
    /// <param name="images">An input of <see cref="Shape"/>.</param>
    public void WriteTo(Plan plan, Value images)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (_pictures is null)
        {
            plan.WriteChannelsLast(images, _images);
            return;
        }

        if (_pixels.Length > 0)
        {
            _pictures.Place(_pixels.AsSpan(0, _pixels.Length / Size * Held), _rows, plan, images);
        }
        else
        {
            _pictures.Place(_rows, plan, images);
        }
    }

    /// <summary>One picture, [H, W, C].</summary>
    internal Span<float> Image(int row) => _images.AsSpan(row * (_images.Length / Size), _images.Length / Size);

    /// <summary>The bytes of one picture that comes with the batch, [H, W, C].</summary>
    internal Span<byte> Pixels(int row) => _pixels.AsSpan(row * (_pixels.Length / Size), _pixels.Length / Size);
}
