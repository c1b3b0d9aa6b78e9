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
    private readonly ulong _pixels;
    private readonly ulong _rows;
    private readonly ulong _table;

    /// <summary>Allocates; the pictures are undefined until they are written.</summary>
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
        _pixels = _driver.Allocate((long)capacity * picture.Count);
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

        _driver.Upload(_pixels + ((ulong)first * (uint)_picture.Count), pixels);
    }

    /// <inheritdoc/>
    public override void Place(ReadOnlySpan<PictureRow> rows, Plan plan, Value images)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, _batch);
        ulong target = ((CudaPlan)plan).AddressOfImages(images, rows.Length * _picture.Count);
        _driver.Upload(_rows, MemoryMarshal.AsBytes(rows));
        Queue(_rows, rows.Length, target);
    }

    /// <summary>Queues making a batch of rows that lie on the card.</summary>
    /// <param name="rows">Address of the <see cref="PictureRow"/>s.</param>
    /// <param name="count">Number of them.</param>
    /// <param name="images">Address of the batch, [N, H, W, C].</param>
    internal void Queue(ulong rows, int count, ulong images)
    {
        BatchImagesArgs args = new(_pixels, rows, _table, images, count, _picture[0], _picture[1], _picture[2]);
        Blocks grid = new(count * Blocks.Over(_picture.Count, ElementsOfBlock));
        _driver.Launch(new CudaLaunch(Kernel, _kernel, grid, CudaLaunches.Threads, 0, (nint)(&args), sizeof(BatchImagesArgs)));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _driver.Free(_pixels);
        _driver.Free(_rows);
        _driver.Free(_table);
    }

    private readonly record struct BatchImagesArgs(ulong Pixels, ulong Rows, ulong Table, ulong Images, int N, int H, int W, int C);
}
