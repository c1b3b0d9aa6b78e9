namespace Gimbal.Benchmarks;

/// <summary>One side of a comparison: a network that trains on the next of a few prepared batches at each call.</summary>
internal abstract class TrainingStep : IDisposable
{
    /// <summary>Who runs, for the table.</summary>
    public abstract string Name { get; }

    /// <summary>Trains on one batch; returns its loss, which shows that both sides do the same work.</summary>
    public abstract float Run();

    public abstract void Dispose();
}
