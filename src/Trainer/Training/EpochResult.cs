using System.Globalization;

namespace Gimbal.Trainer.Training;

/// <summary>What an epoch achieved.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="TrainLoss">Mean loss over the epoch's batches, each before its update.</param>
/// <param name="TrainAccuracy">Share of training images classified right, each before its update; 0 to 1.</param>
/// <param name="ValidationLoss">Mean loss on the held-out images; null without them.</param>
/// <param name="ValidationAccuracy">Accuracy on the held-out images, 0 to 1; null without them.</param>
/// <param name="TestLoss">Mean loss on the test set.</param>
/// <param name="TestAccuracy">Accuracy on the test set, 0 to 1.</param>
/// <param name="LearningRate">Rate of the last step.</param>
/// <param name="GradientNorm">Mean norm of all gradients before clipping.</param>
/// <param name="ClippedShare">Share of steps whose gradient was scaled down by norm clipping.</param>
/// <param name="SkippedSteps">Steps without an update because loss or gradient was not finite.</param>
/// <param name="Seconds">Time for training, without evaluation.</param>
/// <param name="ImagesPerSecond">Training images per second.</param>
public sealed record EpochResult(
    int Epoch,
    double TrainLoss,
    double TrainAccuracy,
    double? ValidationLoss,
    double? ValidationAccuracy,
    double TestLoss,
    double TestAccuracy,
    double LearningRate,
    double GradientNorm,
    double ClippedShare,
    int SkippedSteps,
    double Seconds,
    double ImagesPerSecond)
{
    /// <summary>The epoch in one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {Epoch}: loss {TrainLoss:0.000}, training accuracy {100 * TrainAccuracy:0.0} %, test accuracy {100 * TestAccuracy:0.00} %, {ImagesPerSecond:0} images/s");
}

/// <summary>A step is done; reported after every step.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Batch">Batches of the epoch done so far.</param>
/// <param name="Batches">Batches of an epoch.</param>
/// <param name="Loss">Mean loss of the batch.</param>
/// <param name="LearningRate">Rate of the step.</param>
/// <param name="GradientNorm">Norm before clipping.</param>
/// <param name="ImagesPerSecond">Since the epoch began or went on.</param>
public readonly record struct StepReport(
    int Epoch, int Batch, int Batches, float Loss, double LearningRate, float GradientNorm, double ImagesPerSecond)
{
    /// <summary>Share of the epoch's images so far that were classified right, each before its update; 0 to 1.</summary>
    public double Accuracy { get; init; }

    /// <summary>The loss against those of earlier steps, in their standard deviations; null while there are too few.</summary>
    public double? LossScore { get; init; }

    /// <summary>The norm against those of earlier steps, in their standard deviations; null while there are too few.</summary>
    public double? GradientScore { get; init; }

    /// <summary>Share of the epoch's steps so far whose gradient was scaled down by norm clipping; 0 to 1.</summary>
    public double ClippedShare { get; init; }

    /// <summary>Seconds that the rest of the run's training takes at this speed, without evaluation.</summary>
    public double SecondsLeft { get; init; }
}
