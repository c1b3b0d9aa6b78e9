using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace Gimbal.Trainer.Cuda;

/// <summary>Page-locked memory of the host that a device copies from, on <see cref="CudaQueue.Upload"/>, and the moment when it has.</summary>
public sealed unsafe class QueuedUpload : IDisposable
{
    private readonly CudaStream _stream;
    private readonly CudaPageLockedHostMemory<byte> _memory;
    private readonly int _length;

    /// <summary>Allocates; see <see cref="Driver.NewQueuedUpload"/>.</summary>
    internal QueuedUpload(CudaStream stream, QueueMark sent, int length)
    {
        (_stream, Sent, _length) = (stream, sent, length);
        _memory = new CudaPageLockedHostMemory<byte>(length);
    }

    /// <summary>When the last copy is done.</summary>
    public QueueMark Sent { get; }

    /// <summary>Queues a copy, once the one before has left the memory. Allocates nothing.</summary>
    /// <param name="address">In the memory of the device.</param>
    /// <param name="source">May be changed as soon as the call returns.</param>
    public void Send(ulong address, ReadOnlySpan<byte> source)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(source.Length, _length, nameof(source));
        Sent.Wait();
        source.CopyTo(new Span<byte>((void*)_memory.PinnedHostPointer, _length));
        Driver.Check(
            AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(new CUdeviceptr(address), _memory.PinnedHostPointer, source.Length, _stream.Stream), "cuMemcpyHtoDAsync", null);
        Sent.Set(CudaQueue.Upload);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        Sent.Dispose();
    }
}
