using System.Runtime.InteropServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>The steps of one plan while and after they are emitted, with the memory their arguments and temporaries live in.</summary>
public sealed unsafe class CpuSteps : IDisposable
{
    private readonly List<CpuStep> _steps = [];
    private readonly List<nint> _arguments = [];
    private readonly List<CpuMemory> _scratch = [];
    private long _used;
    private int _threadScratch;

    /// <summary>Whether every sum is taken term by term: convolutions then go without Winograd's algorithm.</summary>
    public bool IsExact { get; init; }

    /// <summary>The steps in the order they run.</summary>
    public IReadOnlyList<CpuStep> Steps => _steps;

    /// <summary>Bytes of temporaries shared by all steps.</summary>
    public long ScratchBytes => _scratch.Sum(block => block.Length) * sizeof(float);

    /// <summary>Appends a parallel loop over <paramref name="chunks"/> chunks.</summary>
    /// <param name="name">What the step does, in the kernels' names: <c>relu_forward</c>.</param>
    /// <param name="kernel">Static method called once per chunk.</param>
    /// <param name="args">Copied; pointers inside must stay valid as long as the plan.</param>
    /// <param name="chunks">1 or more; must depend on shapes only.</param>
    /// <param name="scratchFloats">Uninitialised private memory for each call, aligned to 64 bytes.</param>
    public void Add<TArgs>(string name, delegate*<TArgs*, int, float*, void> kernel, in TArgs args, int chunks, int scratchFloats = 0)
        where TArgs : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        TArgs* copy = Table(new ReadOnlySpan<TArgs>(in args));
        _threadScratch = Math.Max(_threadScratch, scratchFloats);
        _steps.Add(new CpuStep(name, (nint)kernel, (nint)copy, chunks, scratchFloats));
    }

    /// <summary>Copies constants a kernel reads, such as one row of pointers per chunk, into memory that lives as long as the plan.</summary>
    public T* Table<T>(ReadOnlySpan<T> rows)
        where T : unmanaged
    {
        T* copy = (T*)NativeMemory.AlignedAlloc((nuint)Math.Max(1, rows.Length * sizeof(T)), CpuMemory.Alignment);
        rows.CopyTo(new Span<T>(copy, rows.Length));
        _arguments.Add((nint)copy);
        return copy;
    }

    /// <summary>Memory for temporaries that several steps of one node share; contents are undefined before the node and lost after it.</summary>
    public float* Scratch(long floats)
    {
        long start = _used;
        _used += CpuMemory.Aligned(floats);
        if (_scratch.Count == 0 || _used > _scratch[^1].Length)
        {
            // Earlier nodes keep their pointers into the smaller block; this node starts afresh in the larger one.
            _scratch.Add(new CpuMemory(Math.Max(_used, 2 * (_scratch.Count == 0 ? 0 : _scratch[^1].Length))));
        }

        return _scratch[^1].Pointer + start;
    }

    /// <summary>Marks the end of a node: the next node may reuse the shared temporaries.</summary>
    public void EndNode() => _used = 0;

    /// <summary>Runs every step once, in order. Allocates nothing after the first call on a team.</summary>
    public void Run(ThreadTeam team)
    {
        ArgumentNullException.ThrowIfNull(team);
        team.ReserveScratch(_threadScratch);
        foreach (ref readonly CpuStep step in CollectionsMarshal.AsSpan(_steps))
        {
            team.Run(step);
        }
    }

    /// <summary>Frees arguments and temporaries.</summary>
    public void Dispose()
    {
        foreach (nint argument in _arguments)
        {
            NativeMemory.AlignedFree((void*)argument);
        }

        _arguments.Clear();
        _steps.Clear();
        _scratch.ForEach(block => block.Dispose());
        _scratch.Clear();
    }
}
