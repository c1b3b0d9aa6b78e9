namespace Gimbal.Inference;

/// <summary>What computes.</summary>
public enum ExecutionProvider
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>A CUDA device, or an exception; needs the package Microsoft.ML.OnnxRuntime.Gpu in the app.</summary>
    Cuda,

    /// <summary>A CUDA device if there is one, else the processor; <see cref="ImageClassifier.Provider"/> tells which.</summary>
    CudaIfAvailable,
}

/// <summary>How a model runs.</summary>
public sealed record ImageClassifierOptions
{
    /// <summary>Threads of one call; 0: ONNX Runtime's choice.</summary>
    public int Threads { get; init; }

    /// <summary>What computes.</summary>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;
}
