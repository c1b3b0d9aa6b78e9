using Gimbal.Export;
using Gimbal.Inference;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Cli;

/// <summary>What the tool returns to the shell. Scripts depend on the numbers.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Diverged = 3;
    public const int ParityRefused = 4;
    public const int AccuracyTooLow = 5;
    public const int DeviceMissing = 6;
    public const int BadData = 65;
    public const int Disk = 74;
    public const int Cancelled = 130;

    /// <summary>The code that belongs to an exception a user can cause; null for the others, which are bugs.</summary>
    public static int? Of(Exception exception) => exception switch
    {
        UsageException or OptionsException or DataSpecException => Usage,
        ShapeException => Usage,
        DivergedException => Diverged,
        ParityException => ParityRefused,
        AccuracyException => AccuracyTooLow,
        CudaUnavailableException or PlatformNotSupportedException => DeviceMissing,
        DiskException => Disk,
        DataFileException or ModelFileException or InvalidDataException or SelfTestException or InvalidGraphException => BadData,
        ImageSourceException { InnerException: { } cause } => Of(cause),
        OperationCanceledException => Cancelled,
        InsufficientMemoryException or CudaException => Failed,
        UnauthorizedAccessException or IOException => Disk,
        _ => null,
    };
}

/// <summary>The command line or the configuration file is wrong.</summary>
/// <param name="message">Flag or file, what is wrong, what is allowed.</param>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The accuracy asked for was not reached.</summary>
/// <param name="message">What was reached and what was asked for.</param>
internal sealed class AccuracyException(string message) : Exception(message);
