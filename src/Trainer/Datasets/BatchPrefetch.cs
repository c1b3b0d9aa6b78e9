using System.Runtime.ExceptionServices;

namespace Gimbal.Trainer.Datasets;

/// <summary>Loads the batches to come on threads of its own, while the caller works on the present one.</summary>
/// <remarks>
/// Batches come in order and are the same whatever the number of threads and batches ahead. One thread at a time may take them. Taking a batch
/// allocates nothing.
/// </remarks>
public sealed class BatchPrefetch : IDisposable
{
    /// <summary>Batches loaded ahead of the one in use, unless told otherwise.</summary>
    public const int UsualDepth = 2;

    private const int MostThreads = 4;

    // Small enough to share a batch among threads, large enough that claiming costs nothing beside loading.
    private const int RowsPerClaim = 16;

    private readonly IBatches _batches;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly Slot[] _slots;
    private readonly Thread[] _threads;

    // Guards everything below; every wait is for one of them to change.
    private readonly object _gate = new();
    private long _end;
    private long _current;
    private long _claimed;
    private int _claimedRows;
    private bool _isAwaited;
    private bool _isStopping;

    /// <summary>Starts loading.</summary>
    /// <param name="batches">What is loaded.</param>
    /// <param name="first">First batch.</param>
    /// <param name="end">The batch behind the last.</param>
    /// <param name="depth">Batches loaded ahead of the one in use.</param>
    /// <param name="threads">Threads; 0 takes one per processor, four at most.</param>
    /// <param name="cancellation">Ends waiting for a batch.</param>
    public BatchPrefetch(IBatches batches, long first, long end, int depth = UsualDepth, int threads = 0, CancellationToken cancellation = default)
        : this(batches, first, end, NewRing(batches, depth), threads, cancellation)
    {
    }

    /// <summary>Starts loading into batches that were there before.</summary>
    /// <param name="batches">What is loaded.</param>
    /// <param name="first">First batch.</param>
    /// <param name="end">The batch behind the last.</param>
    /// <param name="ring">Made by <see cref="NewRing"/>, and in nobody else's use.</param>
    /// <param name="threads">Threads; 0 takes one per processor, four at most.</param>
    /// <param name="cancellation">Ends waiting for a batch.</param>
    public BatchPrefetch(IBatches batches, long first, long end, IReadOnlyList<ImageBatch> ring, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentOutOfRangeException.ThrowIfLessThan(ring.Count, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (_batches, _cancellation, _end, _current, _claimed) = (batches, cancellation, end, first - 1, first);
        _slots = [.. ring.Select(batch => new Slot(batch))];
        _registration = cancellation.UnsafeRegister(static prefetch => ((BatchPrefetch)prefetch!).WakeAll(), this);
        _threads = [.. Enumerable.Range(1, threads == 0 ? Math.Min(Environment.ProcessorCount, MostThreads) : threads)
            .Select(i => new Thread(Work) { IsBackground = true, Name = $"gimbal-loader-{i}" })];
        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Room for the batch in use and those loaded ahead of it.</summary>
    /// <param name="batches">What will be loaded.</param>
    /// <param name="depth">Batches ahead.</param>
    public static IReadOnlyList<ImageBatch> NewRing(IBatches batches, int depth = UsualDepth)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        return [.. Enumerable.Range(0, depth + 1).Select(_ => batches.NewBatch())];
    }

    /// <summary>Bytes that batches of so many values take, loaded ahead as usual.</summary>
    public static long MemoryBytes(int valuesPerBatch) => (UsualDepth + 1L) * valuesPerBatch * sizeof(float);

    /// <summary>The next batch, waiting for it where it is not loaded yet; it may be used until the next call. Null once cancelled.</summary>
    /// <exception cref="ImageSourceException">A picture of this batch, the first one that failed, cannot be read; no batch follows.</exception>
    /// <exception cref="Tensors.DataFileException">A file, which it names, is not what it was; no batch follows.</exception>
    /// <exception cref="InvalidOperationException">No batch is left.</exception>
    public ImageBatch? Next()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_current + 1 >= _end)
            {
                throw new InvalidOperationException("no batch is left");
            }

            _current++;
            // The slot of the batch before is free now.
            Monitor.PulseAll(_gate);
            Slot slot = SlotOf(_current);
            while (!_cancellation.IsCancellationRequested && !slot.Holds(_current))
            {
                _isAwaited = true;
                Monitor.Wait(_gate);
            }

            _isAwaited = false;
            if (_cancellation.IsCancellationRequested)
            {
                return null;
            }

            slot.Fault?.Throw();
            return slot.Batch;
        }
    }

    /// <summary>Stops and joins the threads; a picture that is being read is waited for.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isStopping = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }

        _registration.Dispose();
    }

    private Slot SlotOf(long number) => _slots[number % _slots.Length];

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private void Work()
    {
        while (Claim(out long number, out int first, out int count))
        {
            ExceptionDispatchInfo? fault = null;
            try
            {
                _batches.LoadRows(number, first, count, SlotOf(number).Batch);
            }
            catch (Exception e)
            {
                // Whatever a source throws belongs to the thread that trains.
                fault = ExceptionDispatchInfo.Capture(e);
            }

            Complete(number, first, count, fault);
        }
    }

    // Rows are claimed in order, and those of a batch with a fault to the last: which fault is the first does not depend on the threads.
    private bool Claim(out long number, out int first, out int count)
    {
        lock (_gate)
        {
            while (!_isStopping && _claimed < _end && _claimed > _current + _slots.Length - 1)
            {
                Monitor.Wait(_gate);
            }

            (number, first, count) = (_claimed, _claimedRows, 0);
            if (_isStopping || _claimed >= _end)
            {
                return false;
            }

            Slot slot = SlotOf(number);
            if (first == 0)
            {
                slot.Begin(number);
            }

            count = Math.Min(RowsPerClaim, slot.Batch.Size - first);
            _claimedRows += count;
            if (_claimedRows == slot.Batch.Size)
            {
                (_claimed, _claimedRows) = (_claimed + 1, 0);
            }

            return true;
        }
    }

    private void Complete(long number, int first, int count, ExceptionDispatchInfo? fault)
    {
        lock (_gate)
        {
            Slot slot = SlotOf(number);
            slot.Complete(first, count, fault);
            if (fault is not null)
            {
                _end = Math.Min(_end, number + 1);
            }

            if (_isAwaited && slot.Holds(_current))
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>One batch, and how far it is loaded.</summary>
    private sealed class Slot(ImageBatch batch)
    {
        private long _number = -1;
        private int _rowsLeft;
        private int _faultRow;

        public ImageBatch Batch => batch;

        public ExceptionDispatchInfo? Fault { get; private set; }

        public bool Holds(long number) => _number == number && _rowsLeft == 0;

        public void Begin(long number) => (_number, _rowsLeft, Fault) = (number, batch.Size, null);

        public void Complete(int first, int count, ExceptionDispatchInfo? fault)
        {
            _rowsLeft -= count;
            if (fault is not null && (Fault is null || first < _faultRow))
            {
                (Fault, _faultRow) = (fault, first);
            }
        }
    }
}
