namespace Gimbal.Trainer.Cpu;

/// <summary>What this machine can do at most: multiply-adds in registers, and memory traffic for working sets of several sizes.</summary>
/// <remarks>
/// Measured in a fraction of a second by two small kernels of our own, the best of several tries, so that a noisy moment does not lower a peak. Other work on the machine
/// still may: where nothing else can be excluded, measure before and after and take <see cref="Best"/>.
/// </remarks>
/// <param name="FlopPerSecond">Multiply-adds count twice.</param>
/// <param name="Bandwidths">By working set, smallest first.</param>
public sealed record MachinePeaks(double FlopPerSecond, IReadOnlyList<Bandwidth> Bandwidths)
{
    /// <summary>Traffic between the processor and memory outside its caches, bytes per second.</summary>
    public double MemoryBytesPerSecond => Bandwidths[^1].BytesPerSecond;

    /// <summary>The higher of each peak of two measurements.</summary>
    public MachinePeaks Best(MachinePeaks other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new MachinePeaks(
            Math.Max(FlopPerSecond, other.FlopPerSecond),
            [.. Bandwidths.Zip(other.Bandwidths, (a, b) => a.BytesPerSecond >= b.BytesPerSecond ? a : b)]);
    }

    /// <summary>Seconds below which nothing can compute and move so much: the longer of the arithmetic's and the traffic's.</summary>
    /// <param name="flop">Floating-point operations.</param>
    /// <param name="bytes">Read and written; what fits a cache is taken to lie there.</param>
    public double FloorSeconds(long flop, long bytes)
    {
        double rate = (Bandwidths.FirstOrDefault(level => level.WorkingSet >= bytes) ?? Bandwidths[^1]).BytesPerSecond;
        return Math.Max(flop / FlopPerSecond, bytes / rate);
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{FlopPerSecond / 1e9:0} GFLOP/s, {string.Join(", ", Bandwidths)}");
}

/// <summary>Memory traffic of one working set.</summary>
/// <param name="WorkingSet">Bytes that are used again and again.</param>
/// <param name="BytesPerSecond">Read and written.</param>
public sealed record Bandwidth(long WorkingSet, double BytesPerSecond)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{BytesPerSecond / 1e9:0} GB/s at {WorkingSet / 1048576.0:0.#} MiB");
}
