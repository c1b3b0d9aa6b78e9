using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace Gimbal.Trainer.Cuda;

/// <summary>Page-locked memory of the host that a device copies to while the host goes on, and the moment when it has.</summary>
public sealed unsafe class QueuedCopy : IDisposable
{
    private readonly CudaStream _stream;
    private readonly CudaPageLockedHostMemory<byte> _memory;
    private readonly CudaEvent _copied = new();
    private readonly Action _record;
    private readonly Action _wait;
    private readonly int _length;

    /// <summary>Allocates; see <see cref="Driver.NewQueuedCopy"/>.</summary>
    internal QueuedCopy(CudaStream stream, int length)
    {
        (_stream, _length) = (stream, length);
        _memory = new CudaPageLockedHostMemory<byte>(length);
        _record = () => _copied.Record(stream.Stream);
        _wait = _copied.Synchronize;
    }

    /// <summary>What was copied, once that was waited for.</summary>
    public ReadOnlySpan<byte> Memory => new((void*)_memory.PinnedHostPointer, _length);

    /// <summary>Queues a copy behind everything queued.</summary>
    /// <param name="address">In the memory of the device.</param>
    /// <param name="first">Place of the first byte in this memory.</param>
    /// <param name="count">Number of bytes.</param>
    public void Queue(ulong address, int first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)first + count, _length, nameof(count));
        Driver.Check(
            AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(_memory.PinnedHostPointer + first, new CUdeviceptr(address), count, _stream.Stream), "cuMemcpyDtoHAsync", null);
    }

    /// <summary>Notes the moment when everything queued is done.</summary>
    public void Mark() => Driver.Call("cuEventRecord", _record);

    /// <summary>Waits until that moment.</summary>
    /// <returns>The memory; it must not be read after the next <see cref="Queue"/>.</returns>
    /// <exception cref="CudaException">Something queued failed.</exception>
    public ReadOnlySpan<byte> Wait()
    {
        Driver.Call("cuEventSynchronize", _wait);
        return Memory;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _copied.Dispose();
    }
}
