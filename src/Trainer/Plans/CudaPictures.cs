using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Pictures in the memory of a card.</summary>
public sealed unsafe class CudaPictures : DevicePictures
{
    private const string Kernel = "batch_images_f32";
    private const int ElementsOfBlock = 1024;

    private readonly Driver _driver;
    private readonly nint _kernel;
    private readonly Shape _picture;
    private readonly int _batch;
    // One of both: pictures that stay, or that come with each batch.
    private ulong _pixels;
    private CudaPictureStream? _stream;
    private readonly ulong _rows;
    private readonly ulong _table;

    /// <summary>Allocates, pictures that stay when the first is written and those of a batch when the first comes.</summary>
    /// <param name="device">The card.</param>
    /// <param name="capacity">Pictures there shall be room for.</param>
    /// <param name="batch">Most rows of a batch.</param>
    /// <param name="picture">Shape of one, [H, W, C].</param>
    /// <param name="table">Input value of each byte, 256 a channel.</param>
    /// <exception cref="CudaException">The device has not so much memory.</exception>
    public CudaPictures(CudaDevice device, int capacity, int batch, Shape picture, ReadOnlySpan<float> table)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfNotEqual(table.Length, 256 * picture[2]);
        (_driver, _kernel, _picture, _batch, Capacity) = (device.Driver, device.Kernels[Kernel], picture, batch, capacity);
        _rows = _driver.Allocate((long)batch * sizeof(PictureRow));
        _table = _driver.Allocate(table.Length * sizeof(float));
        _driver.Upload(_table, MemoryMarshal.AsBytes(table));
    }

    /// <inheritdoc/>
    public override int Capacity { get; }

    /// <inheritdoc/>
    public override void Write(int first, ReadOnlySpan<byte> pixels)
    {
        (int count, int rest) = Math.DivRem(pixels.Length, _picture.Count);
        if (rest != 0 || first < 0 || count > Capacity - first)
        {
            throw new ArgumentOutOfRangeException(nameof(pixels), pixels.Length, $"not whole pictures of {_picture}, or more than the {Capacity} there is room for");
        }

        _pixels = _pixels == 0 ? _driver.Allocate((long)Capacity * _picture.Count) : _pixels;
        _driver.Upload(_pixels + ((ulong)first * (uint)_picture.Count), pixels);
    }

    /// <inheritdoc/>
    public override void Place(ReadOnlySpan<PictureRow> rows, Plan plan, Value images) => Place(_pixels, rows, plan, images);

    /// <inheritdoc/>
    public override void Place(ReadOnlySpan<byte> pixels, ReadOnlySpan<PictureRow> rows, Plan plan, Value images)
    {
        _stream ??= new CudaPictureStream(_driver, _batch * _picture.Count);
        Place(_stream.Send(pixels), rows, plan, images);
        _stream.Release();
    }

    /// <summary>Queues making a batch of rows that lie on the card.</summary>
    /// <param name="rows">Address of the <see cref="PictureRow"/>s.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="images">Address of the batch, [N, H, W, C].</param>
    internal void Queue(ulong rows, int count, ulong images) => Queue(_pixels, rows, count, images);

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stream?.Dispose();
        if (_pixels != 0)
        {
            _driver.Free(_pixels);
        }

        _driver.Free(_rows);
        _driver.Free(_table);
    }

    private void Place(ulong pixels, ReadOnlySpan<PictureRow> rows, Plan plan, Value images)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, _batch);
        ulong target = ((CudaPlan)plan).AddressOfImages(images, rows.Length * _picture.Count);
        _driver.Upload(_rows, MemoryMarshal.AsBytes(rows));
        Queue(pixels, _rows, rows.Length, target);
    }

    private void Queue(ulong pixels, ulong rows, int count, ulong images)
    {
        BatchImagesArgs args = new(pixels, rows, _table, images, count, _picture[0], _picture[1], _picture[2]);
        Blocks grid = new(count * Blocks.Over(_picture.Count, ElementsOfBlock));
        _driver.Launch(new CudaLaunch(Kernel, _kernel, grid, CudaLaunches.Threads, 0, (nint)(&args), sizeof(BatchImagesArgs)));
    }

    private readonly record struct BatchImagesArgs(ulong Pixels, ulong Rows, ulong Table, ulong Images, int N, int H, int W, int C);
}
