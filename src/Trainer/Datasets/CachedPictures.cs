using System.Buffers;
using Gimbal.Trainer.Tensors;
using Microsoft.Win32.SafeHandles;

namespace Gimbal.Trainer.Datasets;

/// <summary>Pictures read from a file of pixels, three channels each, whenever they are wanted; the system keeps in memory what fits.</summary>
internal sealed class CachedPictures : ImageSource
{
    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly int[] _labels;

    /// <summary>Opens a file.</summary>
    /// <param name="path">All pictures one after the other.</param>
    /// <param name="labels">One per picture.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="channels">3; or 1 where all pictures are grey and the first channel says all.</param>
    /// <param name="classes">Names of the classes.</param>
    public CachedPictures(string path, int[] labels, int height, int width, int channels, IReadOnlyList<string> classes)
    {
        (_path, _labels, Height, Width, Channels, Classes) = (path, labels, height, width, channels, classes);
        _file = DataFile.Try(path, () => File.OpenHandle(path, options: FileOptions.RandomAccess));
    }

    /// <inheritdoc/>
    public override int Count => _labels.Length;

    /// <inheritdoc/>
    public override int Height { get; }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public override bool IsThreadSafe => true;

    /// <inheritdoc/>
    public override int Label(int index) => _labels[index];

    /// <inheritdoc/>
    /// <exception cref="DataFileException">The file has been cut short since it was opened.</exception>
    public override void Read(int index, Span<byte> pixels)
    {
        int length = Height * Width * 3;
        if (Channels == 3)
        {
            Fill(pixels[..length], (long)index * length);
            return;
        }

        byte[] colour = ArrayPool<byte>.Shared.Rent(length);
        Fill(colour.AsSpan(0, length), (long)index * length);
        for (int i = 0; i < length / 3; i++)
        {
            pixels[i] = colour[3 * i];
        }

        ArrayPool<byte>.Shared.Return(colour);
    }

    private void Fill(Span<byte> pixels, long offset)
    {
        while (pixels.Length > 0)
        {
            int read = RandomAccess.Read(_file, pixels, offset);
            if (read == 0)
            {
                throw new DataFileException(_path, "was cut short while it was in use; delete it and begin again");
            }

            pixels = pixels[read..];
            offset += read;
        }
    }
}
