namespace Gimbal.Benchmarks;

/// <summary>One side of a comparison: a network that trains on one of a few prepared batches at each call.</summary>
internal abstract class TrainingStep(int batches) : IDisposable
{
    private int _next;

    /// <summary>Trains on a batch; returns its loss, which shows that both sides do the same work.</summary>
    public abstract float Run(int batch);

    /// <summary>Trains on the next batch.</summary>
    public void Next() => Run(_next++ % batches);

    public abstract void Dispose();
}
