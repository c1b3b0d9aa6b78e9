using System.Runtime.InteropServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>A block of native float32 memory, zeroed, aligned for huge pages, outside the garbage collector's reach.</summary>
/// <remarks>Kernels hold raw pointers into it, so the owner must outlive every plan that was built over it.</remarks>
public sealed unsafe partial class CpuMemory : IDisposable
{
    /// <summary>The least alignment of every block and of every tensor inside one, in bytes: one cache line, one 512-bit vector.</summary>
    public const int Alignment = 64;

    // Kernels read the last elements of a tensor in whole vectors.
    private const int ReadableBehind = 64;
    private const int Page = 4096;
    private const long PageFloats = Page / sizeof(float);
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Allocates and zeroes <paramref name="floats"/> elements.</summary>
    /// <exception cref="InsufficientMemoryException">The machine, or the container's limit, has no room for it.</exception>
    public CpuMemory(long floats)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(floats);
        Length = floats;
        nuint bytes = (nuint)((floats * sizeof(float)) + ReadableBehind);
        RequireRoom((long)bytes);
        bool isLarge = bytes >= HugePage;
        Pointer = (float*)NativeMemory.AlignedAlloc(bytes, isLarge ? HugePage : bytes >= Page ? Page : (nuint)Alignment);
        if (isLarge && OperatingSystem.IsLinux())
        {
            // Only a hint: first touch of 32 MB costs 2 ms with huge pages and 11 ms without.
            _ = Advise(Pointer, bytes, AdviseHugePages);
        }

        NativeMemory.Clear(Pointer, bytes);
    }

    /// <summary>First element.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Number of float32 elements.</summary>
    public long Length { get; }

    /// <summary>Rounds a number of elements up to whole cache lines.</summary>
    public static long Aligned(long floats) => (floats + 15) & ~15L;

    /// <summary>Rounds a number of elements up to whole pages.</summary>
    /// <remarks>
    /// Rows of pixels then cross as few pages as they can, and the small tensors in between do not decide how fast the large ones are read and written: a step of resnet20 that measures, and
    /// so has a few more of them, costs 2.5 % more than one that does not; 4.0 % where tensors begin with any cache line (<c>tests/Benchmarks</c>, <c>health --model resnet20 --every 1</c>).
    /// </remarks>
    public static long Paged(long floats) => (floats + PageFloats - 1) / PageFloats * PageFloats;

    /// <summary>Refuses what the machine cannot hold. Linux would grant it, and end the process when the pages are touched.</summary>
    /// <param name="bytes">Wanted beside what the process has.</param>
    /// <exception cref="InsufficientMemoryException">The machine, or the container's limit, has no room for it.</exception>
    public static void RequireRoom(long bytes)
    {
        long room = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        if (bytes > room)
        {
            throw new InsufficientMemoryException(FormattableString.Invariant(
                $"{bytes / 1048576.0:N0} MiB more are needed and {Math.Max(0, room) / 1048576.0:N0} MiB are there; take a smaller batch, smaller images or a smaller model"));
        }
    }

    /// <summary>Gives the block back; further use of pointers into it is undefined.</summary>
    public void Dispose()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees a block whose owner forgot to.</summary>
    ~CpuMemory() => NativeMemory.AlignedFree(Pointer);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
