namespace Gimbal.Trainer.Training;

/// <summary>Sums over the steps of the epoch under way.</summary>
/// <remarks>Changed in place: a position made anew at each step would be garbage at each step.</remarks>
internal struct EpochTally
{
    private double _lossSum;
    private long _correct;
    private double _normSum;
    private int _clipped;
    private int _skipped;

    /// <summary>Goes on from a position.</summary>
    public EpochTally(RunPosition position)
    {
        (Steps, _lossSum, _correct, Seconds) = (position.Batch, position.LossSum, position.Correct, position.Seconds);
        (_normSum, _clipped, _skipped) = (position.NormSum, position.Clipped, position.Skipped);
    }

    /// <summary>Steps done.</summary>
    public int Steps { get; private set; }

    /// <summary>Seconds spent.</summary>
    public double Seconds { get; private set; }

    /// <summary>Share of steps whose gradient was scaled down.</summary>
    public readonly double ClippedShare => (double)_clipped / Math.Max(1, Steps);

    /// <summary>Share of the images so far that were classified right.</summary>
    /// <param name="batch">Images of a step.</param>
    public readonly double Accuracy(int batch) => (double)_correct / Math.Max(1, (long)Steps * batch);

    /// <summary>Counts a step.</summary>
    /// <param name="result">What it reports.</param>
    /// <param name="isClipped">Whether its gradient was scaled down.</param>
    /// <param name="seconds">Spent in the epoch so far.</param>
    public void Add(StepResult result, bool isClipped, double seconds)
    {
        Steps++;
        _lossSum += result.IsFinite ? result.Loss : 0;
        _correct += result.Correct;
        _normSum += result.IsFinite ? result.Norm : 0;
        _clipped += isClipped ? 1 : 0;
        _skipped += result.IsFinite ? 0 : 1;
        Seconds = seconds;
    }

    /// <summary>The position these sums and some completed epochs make.</summary>
    public readonly RunPosition Of(RunPosition completed) => completed with
    {
        Batch = Steps,
        LossSum = _lossSum,
        Correct = _correct,
        NormSum = _normSum,
        Clipped = _clipped,
        Skipped = _skipped,
        Seconds = Seconds,
    };
}
