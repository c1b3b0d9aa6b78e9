using System.Runtime.ExceptionServices;
using Gimbal.Imaging;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Datasets;

/// <summary>One pass over picture files, on all processors.</summary>
/// <param name="files">Encoded pictures.</param>
/// <param name="height">Rows wanted.</param>
/// <param name="width">Columns wanted.</param>
/// <param name="options">What to do with bad pictures, and who hears of progress.</param>
/// <param name="keep">Takes position and pixels of each picture, always of three channels, on any thread.</param>
internal sealed class PictureDecoding(string[] files, int height, int width, DataOptions options, Action<int, byte[]> keep)
{
    private const long LargestFile = 256L << 20;
    private const int ReportEvery = 256;

    private int _done;

    /// <summary>Why a file could not be decoded; null for those that could.</summary>
    public string?[] Faults { get; } = new string?[files.Length];

    /// <summary>Whether any picture is coloured.</summary>
    public bool IsColour { get; private set; }

    /// <summary>The first file that could not be decoded, or null.</summary>
    public static int? FirstFault(string?[] faults) => Array.FindIndex(faults, fault => fault is not null) is >= 0 and int first ? first : null;

    /// <summary>Refuses data with faults where none may be left out.</summary>
    /// <exception cref="DataFileException">The first file that could not be decoded.</exception>
    public static void Require(string[] files, string?[] faults, DataOptions options)
    {
        if (options.BadImages == BadImages.Fail && FirstFault(faults) is { } first)
        {
            throw new DataFileException(files[first], $"{faults[first]}; mend or remove it, or leave such pictures out with --bad-images skip");
        }
    }

    /// <summary>Decodes all files.</summary>
    /// <exception cref="DataFileException">A file cannot be decoded and none may be left out: the first such file, on any number of threads.</exception>
    public void Run(CancellationToken cancellation)
    {
        try
        {
            Parallel.For(0, files.Length, new ParallelOptions { CancellationToken = cancellation }, Step);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        Require(files, Faults, options);
    }

    private void Step(int index, ParallelLoopState loop)
    {
        Faults[index] = Decode(index);
        if (Faults[index] is not null && options.BadImages == BadImages.Fail)
        {
            // Break, unlike Stop, still runs all files before the one that breaks.
            loop.Break();
        }

        int done = Interlocked.Increment(ref _done);
        if (done % ReportEvery == 0 || done == files.Length)
        {
            options.Progress?.Report(new LoadProgress("decode pictures", done, files.Length));
        }
    }

    private string? Decode(int index)
    {
        Picture picture;
        try
        {
            picture = PictureResizer.Resize(PictureDecoder.Decode(DataFile.Read(files[index], LargestFile), 0), height, width);
        }
        catch (PictureException e)
        {
            return e.Message;
        }
        catch (DataFileException e)
        {
            return e.What;
        }

        if (picture.Channels == 3)
        {
            IsColour = true;
            keep(index, picture.Pixels);
            return null;
        }

        byte[] colour = new byte[3 * picture.Pixels.Length];
        for (int i = 0; i < colour.Length; i++)
        {
            colour[i] = picture.Pixels[i / 3];
        }

        keep(index, colour);
        return null;
    }
}
