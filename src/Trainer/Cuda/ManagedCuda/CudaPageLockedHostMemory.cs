using System.Runtime.CompilerServices;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>Memory of the host that the device can copy from and to while the host goes on.</summary>
internal sealed class CudaPageLockedHostMemory<T> : IDisposable
    where T : struct
{
    private nint _pointer;

    public CudaPageLockedHostMemory(SizeT size)
    {
        SizeInBytes = (ulong)size * (ulong)Unsafe.SizeOf<T>();
        CudaException.Check(MemoryManagement.cuMemHostAlloc(ref _pointer, SizeInBytes, 0));
    }

    public nint PinnedHostPointer => _pointer;

    public SizeT SizeInBytes { get; }

    public void Dispose() => _ = MemoryManagement.cuMemFreeHost(_pointer);
}
