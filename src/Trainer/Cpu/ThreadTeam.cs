using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Gimbal.Trainer.Cpu;

/// <summary>A fork-join team: dedicated threads claim the chunks of one step at a time, and the caller works too.</summary>
/// <remarks>
/// Fork and join cost about 0.1 µs while the workers spin. A worker that finds no work for about a millisecond sleeps; the
/// caller never waits for a sleeping worker, which merely finds no chunk left when it wakes. Nothing is allocated per step.
/// One thread at a time may call <see cref="Run"/>.
/// </remarks>
public sealed unsafe class ThreadTeam : IDisposable
{
    private const int SpinsBeforeSleep = 20_000;

    private readonly Shared* _shared;
    private readonly Thread[] _workers;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CpuMemory?[] _scratch;
    private int _scratchFloats;
    private volatile bool _stopping;

    /// <summary>Starts <paramref name="threads"/> − 1 workers; the caller is the remaining member.</summary>
    /// <param name="threads">1 or more.</param>
    public ThreadTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _shared = (Shared*)NativeMemory.AlignedAlloc((nuint)sizeof(Shared), 128);
        *_shared = default;
        _scratch = new CpuMemory?[threads];
        _workers = new Thread[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
        {
            int member = i + 1;
            _workers[i] = new Thread(() => Work(member)) { IsBackground = true, Name = $"gimbal-{member}" };
            _workers[i].Start();
        }
    }

    /// <summary>Number of members, the caller included.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>Makes sure every member has at least <paramref name="floats"/> elements of private scratch.</summary>
    public void ReserveScratch(int floats)
    {
        if (floats <= _scratchFloats)
        {
            return;
        }

        for (int i = 0; i < _scratch.Length; i++)
        {
            _scratch[i]?.Dispose();
            _scratch[i] = new CpuMemory(floats);
        }

        _scratchFloats = floats;
    }

    /// <summary>Runs all chunks of <paramref name="step"/> and returns when the last is done.</summary>
    public void Run(in CpuStep step)
    {
        Shared* shared = _shared;
        float* scratch = ScratchOf(0);
        if (step.Chunks == 1 || _workers.Length == 0)
        {
            for (int chunk = 0; chunk < step.Chunks; chunk++)
            {
                step.Invoke(chunk, scratch);
            }

            return;
        }

        shared->Kernel = step.Kernel;
        shared->Args = step.Args;
        shared->Chunks = step.Chunks;
        shared->Next = 0;
        Interlocked.Increment(ref shared->Epoch);
        int asleep = Volatile.Read(ref shared->Asleep);
        if (asleep > 0)
        {
            _wake.Release(Math.Min(asleep, step.Chunks - 1));
        }

        Claim(step.Kernel, step.Args, step.Chunks, scratch);
        Interlocked.Increment(ref shared->Epoch);
        while (Volatile.Read(ref shared->Active) != 0)
        {
            Pause();
        }
    }

    /// <summary>Stops and joins the workers.</summary>
    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (_workers.Length > 0)
        {
            _wake.Release(_workers.Length);
        }

        foreach (Thread worker in _workers)
        {
            worker.Join();
        }

        foreach (CpuMemory? memory in _scratch)
        {
            memory?.Dispose();
        }

        NativeMemory.AlignedFree(_shared);
        _wake.Dispose();
    }

    private float* ScratchOf(int member) => _scratch[member] is { } memory ? memory.Pointer : null;

    private void Claim(nint kernel, nint args, int chunks, float* scratch)
    {
        int chunk;
        while ((chunk = Interlocked.Increment(ref _shared->Next) - 1) < chunks)
        {
            ((delegate*<void*, int, float*, void>)kernel)((void*)args, chunk, scratch);
        }
    }

    private void Work(int member)
    {
        Shared* shared = _shared;
        int seen = 0;
        while (!_stopping)
        {
            if (!AwaitOpenEpoch(seen, out int epoch))
            {
                return;
            }

            // A worker that is late must not touch a closed step: entering is announced first, then the epoch is read again.
            Interlocked.Increment(ref shared->Active);
            if (Volatile.Read(ref shared->Epoch) == epoch)
            {
                Claim(shared->Kernel, shared->Args, shared->Chunks, ScratchOf(member));
            }

            seen = epoch;
            Interlocked.Decrement(ref shared->Active);
        }
    }

    private bool AwaitOpenEpoch(int seen, out int epoch)
    {
        Shared* shared = _shared;
        for (int spins = 0; ; spins++)
        {
            epoch = Volatile.Read(ref shared->Epoch);
            if ((epoch & 1) == 1 && epoch != seen)
            {
                return true;
            }

            if (_stopping)
            {
                return false;
            }

            Pause();
            if (spins < SpinsBeforeSleep)
            {
                continue;
            }

            Interlocked.Increment(ref shared->Asleep);
            // A step may have opened between the last look and the announcement; then nobody would wake this worker.
            epoch = Volatile.Read(ref shared->Epoch);
            if (((epoch & 1) == 0 || epoch == seen) && !_stopping)
            {
                _wake.Wait();
            }

            Interlocked.Decrement(ref shared->Asleep);
            spins = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pause()
    {
        if (X86Base.IsSupported)
        {
            X86Base.Pause();
        }
        else
        {
            Thread.SpinWait(1);
        }
    }

    // Each field the members write in turn has cache lines of its own; otherwise claiming a chunk slows the others down.
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Shared
    {
        // Odd while a step is open.
        [FieldOffset(64)]
        public int Epoch;

        [FieldOffset(128)]
        public int Next;

        [FieldOffset(192)]
        public int Active;

        [FieldOffset(256)]
        public int Asleep;

        [FieldOffset(320)]
        public int Chunks;

        [FieldOffset(328)]
        public nint Kernel;

        [FieldOffset(336)]
        public nint Args;
    }
}
