using Gimbal.Imaging;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>One pass over picture files. Colour is assumed, and taken back at the end where every picture is grey.</summary>
/// <param name="files">Encoded pictures.</param>
/// <param name="height">Rows wanted.</param>
/// <param name="width">Columns wanted.</param>
/// <param name="options">What to do with bad pictures, and who hears of progress.</param>
internal sealed class PictureDecoding(string[] files, int height, int width, DataOptions options)
{
    private const long LargestFile = 256L << 20;
    private const int ReportEvery = 256;

    private readonly byte[] _pixels = new byte[files.Length * height * width * 3];
    private int _done;
    private bool _isColour;

    /// <summary>Why a file could not be decoded; null for those that could.</summary>
    public string?[] Faults { get; } = new string?[files.Length];

    /// <summary>The first file that could not be decoded, or null.</summary>
    public int? FirstFault => Array.FindIndex(Faults, fault => fault is not null) is >= 0 and int first ? first : null;

    /// <summary>1 where all pictures are grey, else 3.</summary>
    public int Channels => _isColour ? 3 : 1;

    /// <summary>Decodes all files on all processors.</summary>
    /// <returns>Pixels of all files in their order, black where a file could not be decoded.</returns>
    /// <exception cref="DataFileException">A file cannot be decoded and none may be left out: the first such file, on any number of threads.</exception>
    public byte[] Run(CancellationToken cancellation)
    {
        // Break, unlike Stop, still runs all files before the one that breaks.
        Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation }, (i, loop) =>
        {
            Faults[i] = Decode(i);
            if (Faults[i] is not null && options.BadImages == BadImages.Fail)
            {
                loop.Break();
            }

            int done = Interlocked.Increment(ref _done);
            if (done % ReportEvery == 0 || done == files.Length)
            {
                options.Progress?.Report(new LoadProgress("decode pictures", done, files.Length));
            }
        });
        return options.BadImages == BadImages.Fail && FirstFault is { } first
            ? throw new DataFileException(files[first], $"{Faults[first]}; mend or remove it, or leave such pictures out with --bad-images skip")
            : _isColour ? _pixels : ToGrey();
    }

    private string? Decode(int index)
    {
        try
        {
            Picture picture = PictureResizer.Resize(PictureDecoder.Decode(DataFile.Read(files[index], LargestFile), 0), height, width);
            Span<byte> place = _pixels.AsSpan(index * height * width * 3, height * width * 3);
            if (picture.Channels == 3)
            {
                _isColour = true;
                picture.Pixels.CopyTo(place);
                return null;
            }

            for (int i = 0; i < picture.Pixels.Length; i++)
            {
                place.Slice(3 * i, 3).Fill(picture.Pixels[i]);
            }

            return null;
        }
        catch (PictureException e)
        {
            return e.Message;
        }
        catch (DataFileException e)
        {
            return e.What;
        }
    }

    private byte[] ToGrey()
    {
        byte[] grey = new byte[_pixels.Length / 3];
        for (int i = 0; i < grey.Length; i++)
        {
            grey[i] = _pixels[3 * i];
        }

        return grey;
    }
}
