using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>A moment in the work of a stream.</summary>
internal sealed class CudaEvent : IDisposable
{
    private CUevent _event;

    public CudaEvent()
        : this(CUEventFlags.Default)
    {
    }

    public CudaEvent(CUEventFlags flags) => CudaException.Check(Events.cuEventCreate(ref _event, flags));

    public CUevent Event => _event;

    public void Record(CUstream stream) => CudaException.Check(Events.cuEventRecord(_event, stream));

    /// <summary>Whether the moment has come.</summary>
    public bool Query()
    {
        CUResult result = Events.cuEventQuery(_event);
        if (result != CUResult.ErrorNotReady)
        {
            CudaException.Check(result);
        }

        return result == CUResult.Success;
    }

    public void Synchronize() => CudaException.Check(Events.cuEventSynchronize(_event));

    /// <summary>Milliseconds from one to the other.</summary>
    public static float ElapsedTime(CudaEvent eventStart, CudaEvent eventEnd)
    {
        float milliseconds = 0;
        CudaException.Check(Events.cuEventElapsedTime(ref milliseconds, eventStart._event, eventEnd._event));
        return milliseconds;
    }

    public void Dispose() => _ = Events.cuEventDestroy_v2(_event);
}
