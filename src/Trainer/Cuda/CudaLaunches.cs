using System.Runtime.InteropServices;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Cuda;

/// <summary>The launches of one plan while and after they are emitted, with their arguments and the size of their shared temporaries.</summary>
public sealed unsafe class CudaLaunches : IDisposable
{
    /// <summary>Alignment of every tensor, in bytes.</summary>
    public const int Alignment = 256;

    /// <summary>Threads of a block unless a kernel says otherwise.</summary>
    public const int Threads = 256;

    private const int PlainSharedBytes = 48 << 10;
    private const int MostRows = 65_535;
    // Where a list without a device places what it hands out: no number a kernel is given besides looks like it.
    private const ulong Nowhere = 0x7E58_0000_0000_0000;
    private readonly Driver? _driver;
    private readonly Kernels? _kernels;
    private readonly List<CudaLaunch> _launches = [];
    private readonly List<ulong> _tables = [];
    private readonly List<CudaMemory> _memory = [];
    private readonly ulong _scratch;
    private readonly ulong _asideScratch;
    private ulong _placed = Nowhere + (1ul << 47);
    private long _used;
    private bool _isAside;

    /// <summary>Starts an empty list that shows what would be launched, and how much memory the temporaries take. It needs no device and cannot run.</summary>
    public CudaLaunches() => (_scratch, _asideScratch) = (Nowhere, Nowhere + (1ul << 46));

    /// <summary>Starts an empty list.</summary>
    /// <param name="driver">Where it will run.</param>
    /// <param name="kernels">Loaded into the same device.</param>
    /// <param name="scratch">Address of the temporaries.</param>
    /// <param name="asideScratch">Address of those of nodes that run beside others.</param>
    public CudaLaunches(Driver driver, Kernels kernels, ulong scratch, ulong asideScratch = 0) =>
        (_driver, _kernels, _scratch, _asideScratch) = (driver, kernels, scratch, asideScratch);

    /// <summary>What the operands of products are rounded to.</summary>
    public Precision Precision { get; init; }

    /// <summary>The launches in the order they run.</summary>
    public IReadOnlyList<CudaLaunch> Launches => _launches;

    /// <summary>Bytes of temporaries the launches need at most.</summary>
    public long ScratchBytes { get; private set; }

    /// <summary>Bytes of temporaries that those of nodes beside others need at most.</summary>
    public long AsideScratchBytes { get; private set; }

    /// <summary>Without a device: what the node being emitted was handed besides its tensors.</summary>
    public IReadOnlyList<CudaMemory> Memory => _memory;

    /// <summary>Appends a launch.</summary>
    /// <param name="kernel">Its name.</param>
    /// <param name="grid">Blocks, from shapes alone.</param>
    /// <param name="args">The kernel's parameter, copied; laid out as the struct of the same name in its source.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Dynamic shared memory of a block.</param>
    public void Add<TArgs>(string kernel, Blocks grid, in TArgs args, int block = Threads, int sharedBytes = 0)
        where TArgs : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.X, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(grid.Y, MostRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(grid.Z, MostRows);
        nint handle = _kernels is null ? Kernels.HandleWithoutDevice(kernel) : _kernels[kernel];
        if (sharedBytes > PlainSharedBytes && _kernels is not null)
        {
            Driver.AllowSharedMemory(handle, kernel, sharedBytes);
        }

        TArgs* copy = (TArgs*)NativeMemory.Alloc((nuint)sizeof(TArgs));
        *copy = args;
        _launches.Add(new CudaLaunch(kernel, handle, grid, block, sharedBytes, (nint)copy, sizeof(TArgs)));
    }

    /// <summary>Device memory for temporaries that several launches of one node share; undefined before the node and lost after it.</summary>
    /// <returns>Its address.</returns>
    public ulong Scratch(long floats)
    {
        ulong address = (_isAside ? _asideScratch : _scratch) + (ulong)_used;
        _used += Aligned(floats * sizeof(float));
        (ScratchBytes, AsideScratchBytes) = _isAside ? (ScratchBytes, Math.Max(AsideScratchBytes, _used)) : (Math.Max(ScratchBytes, _used), AsideScratchBytes);
        if (_driver is null)
        {
            _memory.Add(new CudaMemory(address, floats * sizeof(float)));
        }

        return address;
    }

    /// <summary>Says that a kernel reads no more of a tensor than its first elements.</summary>
    /// <param name="address">Where the tensor starts.</param>
    /// <param name="floats">Elements that are read.</param>
    /// <returns>What to hand to the kernel: the same address; without a device another, so that the traffic can be told.</returns>
    public ulong Part(ulong address, long floats) => _driver is null ? Place(floats * sizeof(float), default) : address;

    /// <summary>Copies constants a kernel reads, such as one row of pointers per block, into device memory that lives as long as the list.</summary>
    /// <returns>Its address.</returns>
    public ulong Table<T>(ReadOnlySpan<T> rows)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(rows);
        if (_driver is null)
        {
            return Place(bytes.Length, bytes.ToArray());
        }

        ulong address = _driver.Allocate(bytes.Length);
        _tables.Add(address);
        _driver.Upload(address, bytes);
        return address;
    }

    /// <summary>Marks the beginning of a node: it may reuse the temporaries of those before it.</summary>
    /// <param name="isAside">Whether it runs beside others, and has temporaries of its own.</param>
    public void BeginNode(bool isAside = false)
    {
        (_used, _isAside) = (0, isAside);
        _memory.Clear();
    }

    /// <summary>Queues some launches, in order. Allocates nothing.</summary>
    /// <param name="first">The first.</param>
    /// <param name="end">The one behind the last.</param>
    /// <param name="queue">Where they go.</param>
    public void Queue(int first, int end, CudaQueue queue = CudaQueue.Main)
    {
        foreach (ref readonly CudaLaunch launch in CollectionsMarshal.AsSpan(_launches)[first..end])
        {
            _driver!.Launch(launch, queue);
        }
    }

    /// <summary>Frees arguments and tables.</summary>
    public void Dispose()
    {
        _tables.ForEach(address => _driver!.Free(address));
        _tables.Clear();
        _launches.ForEach(launch => NativeMemory.Free((void*)launch.Arguments));
        _launches.Clear();
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private ulong Place(long bytes, ReadOnlyMemory<byte> contents)
    {
        ulong address = _placed;
        _placed += (ulong)Aligned(bytes);
        _memory.Add(new CudaMemory(address, bytes, contents));
        return address;
    }
}
