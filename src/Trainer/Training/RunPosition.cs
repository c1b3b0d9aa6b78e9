namespace Gimbal.Trainer.Training;

/// <summary>Where a run stands: all that is not in the tensors. With the same tensors and position a run continues bit for bit.</summary>
public sealed record RunPosition
{
    /// <summary>Epochs completed.</summary>
    public int Epoch { get; init; }

    /// <summary>Batches completed of the epoch under way.</summary>
    public int Batch { get; init; }

    /// <summary>Sum of the losses of the epoch under way.</summary>
    public double LossSum { get; init; }

    /// <summary>Images classified right in the epoch under way.</summary>
    public long Correct { get; init; }

    /// <summary>Sum of the gradient norms of the epoch under way.</summary>
    public double NormSum { get; init; }

    /// <summary>Steps of the epoch under way that were scaled down.</summary>
    public int Clipped { get; init; }

    /// <summary>Steps of the epoch under way without an update.</summary>
    public int Skipped { get; init; }

    /// <summary>Seconds spent in the epoch under way.</summary>
    public double Seconds { get; init; }

    /// <summary>Completed epochs.</summary>
    public IReadOnlyList<EpochResult> History { get; init; } = [];

    /// <summary>The epoch with the highest validation accuracy so far, from 1; 0 without validation.</summary>
    public int BestEpoch { get; init; }
}
