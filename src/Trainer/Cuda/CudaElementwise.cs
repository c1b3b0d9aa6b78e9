namespace Gimbal.Trainer.Cuda;

/// <summary>Launches of elementwise.cu.</summary>
public static class CudaElementwise
{
    // Each thread takes four neighbours.
    private const int PerBlock = 4 * CudaLaunches.Threads;

    /// <summary>Appends y[i] = f(x[i]).</summary>
    /// <param name="launches">Where to.</param>
    /// <param name="kernel">f by its kernel's name.</param>
    /// <param name="x">Address of <paramref name="count"/> floats.</param>
    /// <param name="y">Address of as many; may be <paramref name="x"/>.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="alpha">Parameter of f.</param>
    public static void Map(CudaLaunches launches, string kernel, ulong x, ulong y, int count, float alpha = 0)
    {
        ArgumentNullException.ThrowIfNull(launches);
        launches.Add(kernel, new Blocks(Blocks.Over(count, PerBlock)), new MapArgs(x, y, count, alpha));
    }

    /// <summary>Appends y[i] = f(a[i], b[i]).</summary>
    /// <param name="launches">Where to.</param>
    /// <param name="kernel">f by its kernel's name.</param>
    /// <param name="a">Address of <paramref name="count"/> floats.</param>
    /// <param name="b">Address of as many.</param>
    /// <param name="y">Address of as many; may be an operand.</param>
    /// <param name="count">Number of elements.</param>
    /// <param name="alpha">Parameter of f.</param>
    public static void Map(CudaLaunches launches, string kernel, ulong a, ulong b, ulong y, int count, float alpha = 0)
    {
        ArgumentNullException.ThrowIfNull(launches);
        launches.Add(kernel, new Blocks(Blocks.Over(count, PerBlock)), new BinaryMapArgs(a, b, y, count, alpha));
    }

    private readonly record struct MapArgs(ulong X, ulong Y, int Count, float Alpha);

    private readonly record struct BinaryMapArgs(ulong A, ulong B, ulong Y, int Count, float Alpha);
}
