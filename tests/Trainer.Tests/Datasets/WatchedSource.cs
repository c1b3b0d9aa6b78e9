using System.Collections.Concurrent;
using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>A source as users derive them, not thread safe unless told so, that notices who reads.</summary>
internal sealed class WatchedSource(ImageSource pictures, bool isThreadSafe = false) : ImageSource
{
    // A thread's first reads fill pools and caches of its own.
    private const int ReadsToWarmUp = 40;

    [ThreadStatic]
    private static WatchedSource? t_source;

    [ThreadStatic]
    private static int t_reads;

    [ThreadStatic]
    private static long t_allocated;

    private readonly ConcurrentDictionary<Thread, bool> _readers = [];
    private int _inside;
    private int _overlaps;
    private int _reads;
    private int _measured;
    private long _allocated;

    /// <summary>Called ahead of each read with the picture's number; may wait or throw.</summary>
    public Action<int>? Reading { get; set; }

    /// <summary>Threads that have read, other than the one that asks.</summary>
    public IReadOnlyList<Thread> LoaderThreads => [.. _readers.Keys.Where(thread => thread != Thread.CurrentThread)];

    /// <summary>Reads so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Reads and looks at labels that began while another was not done.</summary>
    public int Overlaps => Volatile.Read(ref _overlaps);

    /// <summary>Bytes allocated between one read and the next on the same thread, and how many such pairs there were.</summary>
    public (long Bytes, int Pairs) Allocated => (Interlocked.Read(ref _allocated), Volatile.Read(ref _measured));

    public override int Count => pictures.Count;

    public override int Height => pictures.Height;

    public override int Width => pictures.Width;

    public override int Channels => pictures.Channels;

    public override IReadOnlyList<string> Classes => pictures.Classes;

    public override bool IsThreadSafe => isThreadSafe;

    /// <summary>Forgets who has read.</summary>
    public void Forget() => _readers.Clear();

    public override int Label(int index)
    {
        Enter();
        int label = pictures.Label(index);
        Interlocked.Decrement(ref _inside);
        return label;
    }

    public override void Read(int index, Span<byte> pixels)
    {
        Enter();
        try
        {
            Interlocked.Increment(ref _reads);
            Measure();
            Reading?.Invoke(index);
            pictures.Read(index, pixels);
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _inside) > 1)
        {
            Interlocked.Increment(ref _overlaps);
        }
    }

    private void Measure()
    {
        if (t_source != this || t_reads == 0)
        {
            (t_source, t_reads) = (this, 0);
            _readers.TryAdd(Thread.CurrentThread, true);
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread();
        if (++t_reads > ReadsToWarmUp)
        {
            Interlocked.Add(ref _allocated, allocated - t_allocated);
            Interlocked.Increment(ref _measured);
        }

        t_allocated = allocated;
    }
}
