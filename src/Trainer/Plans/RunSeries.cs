namespace Gimbal.Trainer.Plans;

/// <summary>Several runs of a plan that a device takes one after the other without its host: their inputs and outputs lie in tables, a row for each run.</summary>
/// <remarks>Two series may be under way, one that runs and one that is queued behind it. One thread at a time may use them.</remarks>
public abstract class RunSeries : IDisposable
{
    /// <summary>Series that may be under way.</summary>
    public const int Sides = 2;

    /// <summary>Most runs of a series.</summary>
    public abstract int Length { get; }

    /// <summary>Sets the pictures of a run of the next series.</summary>
    /// <param name="run">From 0.</param>
    /// <param name="rows">One for each image; they may change as soon as the call returns.</param>
    public abstract void Write(int run, ReadOnlySpan<PictureRow> rows);

    /// <summary>Sets another input of a run of the next series.</summary>
    /// <param name="run">From 0.</param>
    /// <param name="input">Its position among those the series was made for.</param>
    /// <param name="elements">All elements, of the input's type, as bytes.</param>
    public abstract void Write(int run, int input, ReadOnlySpan<byte> elements);

    /// <summary>Queues a series. Allocates nothing.</summary>
    /// <param name="runs">How many of its runs, from the first on.</param>
    /// <param name="side">Where its outputs go, until that is used again.</param>
    public abstract void Run(int runs, int side);

    /// <summary>Waits, the first time, for the series that was queued last with a side.</summary>
    /// <param name="run">From 0.</param>
    /// <param name="side">Of the series.</param>
    /// <returns>All elements of one output of the run after the other.</returns>
    public abstract ReadOnlySpan<float> Wait(int run, int side);

    /// <inheritdoc/>
    public abstract void Dispose();
}
