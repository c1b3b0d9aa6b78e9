using Gimbal.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace Gimbal.Inference;

/// <summary>An ONNX Runtime session over a checked model: the only place that talks to ONNX Runtime.</summary>
internal sealed class ModelSession : IDisposable
{
    private const string ExternalWeightsKey = "session.model_external_initializers_file_folder_path";

    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly float[] _table;
    private readonly string _input;
    private readonly string _output;
    private bool _isDisposed;

    private ModelSession(InferenceSession session, ModelMetadata metadata, ExecutionProvider provider)
    {
        (_session, Metadata, Provider) = (session, metadata, provider);
        _input = session.InputNames[0];
        _output = session.OutputNames[0];
        _table = NormalizationTable.Create(metadata.Mean, metadata.Std);
    }

    public ModelMetadata Metadata { get; }

    public ExecutionProvider Provider { get; }

    /// <summary>Bytes of one picture.</summary>
    public int PixelBytes => Metadata.Channels * Metadata.Height * Metadata.Width;

    public static ModelSession Create(byte[] model, ImageClassifierOptions options)
    {
        if (model.Length == 0)
        {
            throw new ModelFileException("the file is empty");
        }

        using SessionOptions sessionOptions = new() { IntraOpNumThreads = options.Threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        // Weights kept outside the file would be looked for in the working directory; nobody has this one.
        sessionOptions.AddSessionConfigEntry(ExternalWeightsKey, Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N")));
        ExecutionProvider provider = ChooseProvider(options.Provider, sessionOptions);
        InferenceSession session;
        try
        {
            session = new InferenceSession(model, sessionOptions);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFileException($"ONNX Runtime refuses the model: {FirstLine(e.Message)}", e);
        }

        try
        {
            ModelMetadata metadata = ModelMetadata.Parse(ReadProperties(session));
            CheckSignature(session, metadata);
            return new ModelSession(session, metadata, provider);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public void RunPixels(ReadOnlySpan<byte> pixels, Span<float> outputs)
    {
        int count = CheckLengths(pixels.Length, outputs.Length);
        if (Metadata.Input == InputForm.UInt8Nhwc)
        {
            Run<byte>(pixels.ToArray(), [count, Metadata.Height, Metadata.Width, Metadata.Channels], outputs);
            return;
        }

        float[] images = new float[pixels.Length];
        int plane = Metadata.Height * Metadata.Width;
        for (int i = 0; i < pixels.Length; i++)
        {
            (int image, int rest) = Math.DivRem(i, PixelBytes);
            (int position, int channel) = Math.DivRem(rest, Metadata.Channels);
            images[(image * PixelBytes) + (channel * plane) + position] = _table[(channel << 8) + pixels[i]];
        }

        RunArray(images, outputs);
    }

    public void RunNormalized(ReadOnlySpan<float> images, Span<float> outputs)
    {
        if (Metadata.Input != InputForm.FloatNchw)
        {
            throw new InvalidOperationException("the model takes raw pixels and normalises them itself");
        }

        CheckLengths(images.Length, outputs.Length);
        RunArray(images.ToArray(), outputs);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _runOptions.Dispose();
        _session.Dispose();
    }

    private static ExecutionProvider ChooseProvider(ExecutionProvider wanted, SessionOptions options)
    {
        if (wanted == ExecutionProvider.Cpu)
        {
            return ExecutionProvider.Cpu;
        }

        try
        {
            options.AppendExecutionProvider_CUDA();
            return ExecutionProvider.Cuda;
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return wanted == ExecutionProvider.CudaIfAvailable
                ? ExecutionProvider.Cpu
                : throw new PlatformNotSupportedException(
                    $"ONNX Runtime has no CUDA provider here ({FirstLine(e.Message)}); reference Microsoft.ML.OnnxRuntime.Gpu and install its CUDA and cuDNN", e);
        }
    }

    private static IReadOnlyDictionary<string, string> ReadProperties(InferenceSession session)
    {
        try
        {
            return session.ModelMetadata.CustomMetadataMap;
        }
        catch (Exception e) when (e is NullReferenceException or ArgumentException or OnnxRuntimeException)
        {
            // ONNX Runtime's binding trips over properties without a key or a value.
            throw new ModelFileException("the metadata is damaged", e);
        }
    }

    private static void CheckSignature(InferenceSession session, ModelMetadata metadata)
    {
        Type element = metadata.Input == InputForm.FloatNchw ? typeof(float) : typeof(byte);
        int[] wanted = metadata.Input == InputForm.FloatNchw
            ? [-1, metadata.Channels, metadata.Height, metadata.Width]
            : [-1, metadata.Height, metadata.Width, metadata.Channels];
        Check(session.InputMetadata, "input", element, wanted);
        Check(session.OutputMetadata, "output", typeof(float), [-1, metadata.Classes.Count]);
    }

    private static void Check(IReadOnlyDictionary<string, NodeMetadata> nodes, string what, Type element, int[] wanted)
    {
        if (nodes.Count != 1)
        {
            throw new ModelFileException($"the graph has {nodes.Count} {what}s; one is wanted");
        }

        NodeMetadata node = nodes.Values.First();
        if (!node.IsTensor || node.ElementType != element || !node.Dimensions.AsSpan().SequenceEqual(wanted))
        {
            throw new ModelFileException(
                $"the graph's {what} is {node.ElementType?.Name} [{string.Join(',', node.Dimensions)}], the metadata asks for {element.Name} [{string.Join(',', wanted)}]");
        }
    }

    private int CheckLengths(int input, int output)
    {
        int count = input / PixelBytes;
        return count > 0 && input % PixelBytes == 0 && output == count * Metadata.Classes.Count
            ? count
            : throw new ArgumentException($"{input} values in and {output} out are not {PixelBytes} and {Metadata.Classes.Count} for each of one or more pictures");
    }

    private void RunArray(float[] images, Span<float> outputs) =>
        Run(images, [images.Length / PixelBytes, Metadata.Channels, Metadata.Height, Metadata.Width], outputs);

    private void Run<T>(T[] input, long[] shape, Span<float> outputs)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(ImageClassifier));
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(input, shape);
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = _session.Run(_runOptions, [_input], [value], [_output]);
            ReadOnlySpan<float> result = results[0].GetTensorDataAsSpan<float>();
            if (result.Length != outputs.Length)
            {
                throw new ModelFileException($"the graph gives {result.Length} values for {shape[0]} pictures of {Metadata.Classes.Count} classes");
            }

            result.CopyTo(outputs);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelFileException($"ONNX Runtime cannot run the model: {FirstLine(e.Message)}", e);
        }
    }

    private static string FirstLine(string message) => ModelMetadata.OneLine(message.Split('\n')[0].Trim());
}
