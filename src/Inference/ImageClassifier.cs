using System.Numerics.Tensors;
using Gimbal.Imaging;

namespace Gimbal.Inference;

/// <summary>A model file ready to classify pictures: preprocessing, labels and self-test come out of the file.</summary>
/// <remarks>
/// Safe to use from any number of threads at once: it changes nothing after loading, and ONNX Runtime allows concurrent runs of one session.
/// Dispose of it when no call is under way.
/// <code>
/// using ImageClassifier model = ImageClassifier.Load("model.onnx");
/// model.SelfTest();
/// Console.WriteLine(model.Classify("photo.jpg").Best.Label);
/// </code>
/// </remarks>
public sealed class ImageClassifier : IDisposable
{
    private readonly ModelSession _session;

    private ImageClassifier(ModelSession session) => _session = session;

    /// <summary>What the file says about itself.</summary>
    public ModelMetadata Metadata => _session.Metadata;

    /// <summary>Names of the classes, in the order of the outputs.</summary>
    public IReadOnlyList<string> Classes => Metadata.Classes;

    /// <summary>What computes: <see cref="ExecutionProvider.Cpu"/> or <see cref="ExecutionProvider.Cuda"/>.</summary>
    public ExecutionProvider Provider => _session.Provider;

    /// <summary>Loads a file.</summary>
    /// <exception cref="ModelFileException">The file is missing, damaged, or no classifier exported by Gimbal.</exception>
    /// <exception cref="PlatformNotSupportedException">The wanted provider is not there.</exception>
    public static ImageClassifier Load(string path, ImageClassifierOptions? options = null)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException($"{path}: {(e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : "cannot be read")}", e);
        }

        try
        {
            return Load(content, options);
        }
        catch (ModelFileException e)
        {
            throw new ModelFileException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Loads a model from memory, so that it cannot reach for other files.</summary>
    /// <exception cref="ModelFileException">Damaged, or no classifier exported by Gimbal.</exception>
    /// <exception cref="PlatformNotSupportedException">The wanted provider is not there.</exception>
    public static ImageClassifier Load(byte[] model, ImageClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new ImageClassifier(ModelSession.Create(model, options ?? new ImageClassifierOptions()));
    }

    /// <summary>Classifies a picture file: JPEG, PNG, WebP, BMP or GIF of any size.</summary>
    /// <exception cref="InvalidDataException">The file is missing or no picture that can be read.</exception>
    public Classification Classify(string path)
    {
        byte[] encoded;
        try
        {
            encoded = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{path}: {(e is FileNotFoundException or DirectoryNotFoundException ? "no such file" : "cannot be read")}", e);
        }

        try
        {
            return Classify((ReadOnlySpan<byte>)encoded);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Classifies an encoded picture.</summary>
    /// <param name="encoded">Content of a JPEG, PNG, WebP, BMP or GIF file.</param>
    /// <exception cref="InvalidDataException">No picture that can be read.</exception>
    public Classification Classify(ReadOnlySpan<byte> encoded)
    {
        try
        {
            return Classify(PictureDecoder.Decode(encoded, Metadata.Channels));
        }
        catch (PictureException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>Classifies raw pixels of any size.</summary>
    /// <param name="pixels">height·width·channels bytes: rows of pixels, channels interleaved, as many as the model's.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit.</exception>
    public Classification Classify(ReadOnlySpan<byte> pixels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (pixels.Length != (long)height * width * Metadata.Channels)
        {
            throw new ArgumentException($"{pixels.Length} bytes are not {height}x{width} pixels with {Metadata.Channels} channels", nameof(pixels));
        }

        return Classify(new Picture(height, width, Metadata.Channels, pixels.ToArray()));
    }

    /// <summary>Classifies pictures of the model's own size in one run.</summary>
    /// <param name="pixels">Pictures one after the other, each Height·Width·Channels bytes, interleaved.</param>
    /// <exception cref="ArgumentException">The bytes are no whole number of pictures.</exception>
    public IReadOnlyList<Classification> ClassifyBatch(ReadOnlySpan<byte> pixels)
    {
        int pictureBytes = _session.PixelBytes;
        if (pixels.IsEmpty || pixels.Length % pictureBytes != 0)
        {
            throw new ArgumentException($"{pixels.Length} bytes are no whole number of pictures of {pictureBytes}", nameof(pixels));
        }

        float[] outputs = new float[pixels.Length / pictureBytes * Classes.Count];
        RunPixels(pixels, outputs);
        return [.. outputs.Chunk(Classes.Count).Select(row => new Classification(Classes, row, Metadata.Output))];
    }

    /// <summary>Runs the graph on pictures of the model's own size, in the form the file declares.</summary>
    /// <param name="pixels">Pictures one after the other, interleaved bytes.</param>
    /// <param name="outputs">Receives one row of classes per picture: logits or probabilities.</param>
    /// <exception cref="ArgumentException">The lengths are not those of one or more pictures.</exception>
    public void RunPixels(ReadOnlySpan<byte> pixels, Span<float> outputs) => _session.RunPixels(pixels, outputs);

    /// <summary>Runs a graph that takes float32 directly.</summary>
    /// <param name="images">Normalised pictures [N,C,H,W].</param>
    /// <param name="outputs">Receives one row of classes per picture.</param>
    /// <exception cref="ArgumentException">The lengths are not those of one or more pictures.</exception>
    /// <exception cref="InvalidOperationException">The graph takes raw pixels.</exception>
    public void RunNormalized(ReadOnlySpan<float> images, Span<float> outputs) => _session.RunNormalized(images, outputs);

    /// <summary>Runs the golden samples of the file and compares: catches another provider, runtime or preprocessing on this machine.</summary>
    /// <exception cref="SelfTestException">An output differs by more than the file's tolerance.</exception>
    public void SelfTest()
    {
        if (Metadata.Golden.Count == 0)
        {
            throw new SelfTestException("the model carries no golden samples; export it again");
        }

        float[] outputs = new float[Classes.Count];
        for (int i = 0; i < Metadata.Golden.Count; i++)
        {
            GoldenSample sample = Metadata.Golden[i];
            RunPixels(sample.Pixels, outputs);
            // MaxMagnitude keeps what is not a number, which no tolerance allows.
            TensorPrimitives.Subtract(outputs, sample.Outputs, outputs);
            float difference = Math.Abs(TensorPrimitives.MaxMagnitude(outputs));
            if (!(difference <= Metadata.GoldenTolerance))
            {
                throw new SelfTestException(FormattableString.Invariant(
                    $"golden sample {i + 1} of {Metadata.Golden.Count} differs by {difference:G3}, more than {Metadata.GoldenTolerance:G3}: this runtime, provider or preprocessing is not the one the model was verified with"));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private Classification Classify(Picture picture)
    {
        Picture resized = PictureResizer.Resize(picture, Metadata.Height, Metadata.Width);
        float[] outputs = new float[Classes.Count];
        RunPixels(resized.Pixels, outputs);
        return new Classification(Classes, outputs, Metadata.Output);
    }
}
