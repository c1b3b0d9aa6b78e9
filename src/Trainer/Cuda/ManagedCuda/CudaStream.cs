using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>A queue of work.</summary>
internal sealed class CudaStream : IDisposable
{
    private CUstream _stream;

    public CudaStream(CUStreamFlags flags) => CudaException.Check(Streams.cuStreamCreate(ref _stream, flags));

    public CUstream Stream => _stream;

    public void Synchronize() => CudaException.Check(Streams.cuStreamSynchronize(_stream));

    /// <summary>What is queued from now on runs behind the moment of the event.</summary>
    public void WaitEvent(CUevent cuevent) => CudaException.Check(Streams.cuStreamWaitEvent(_stream, cuevent, 0));

    public void Dispose() => _ = Streams.cuStreamDestroy_v2(_stream);
}
