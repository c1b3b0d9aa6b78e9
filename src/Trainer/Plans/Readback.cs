namespace Gimbal.Trainer.Plans;

/// <summary>Copies some outputs of a plan behind its runs, to be read later: a device goes on with the next run meanwhile.</summary>
public abstract class Readback : IDisposable
{
    /// <summary>Copies the outputs of the runs so far.</summary>
    public abstract void Take();

    /// <summary>Waits for the last copy.</summary>
    /// <returns>All elements of one output after the other, in logical order; they stay until the next <see cref="Take"/>.</returns>
    public abstract ReadOnlySpan<float> Wait();

    /// <inheritdoc/>
    public abstract void Dispose();
}
