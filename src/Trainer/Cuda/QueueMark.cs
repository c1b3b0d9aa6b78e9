using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace Gimbal.Trainer.Cuda;

/// <summary>A queue of a device: work of one runs in order, works of two at the same time unless a <see cref="QueueMark"/> orders them.</summary>
public enum CudaQueue
{
    /// <summary>What results depend on at once.</summary>
    Main,

    /// <summary>What may run beside it.</summary>
    Aside,

    /// <summary>Copies from the host that may run beside both.</summary>
    Upload,
}

/// <summary>A moment in the work of one queue that another waits for, without the host. Under <see cref="Driver.Record"/> it is an edge of the graph.</summary>
public sealed class QueueMark : IDisposable
{
    private readonly CudaEvent _event = new(CUEventFlags.DisableTiming);
    private readonly Func<CudaQueue, CudaStream> _streamOf;
    private readonly Action[] _set;
    private readonly Action[] _await;
    private readonly Action _wait;

    /// <summary>Allocates; see <see cref="Driver.NewMark"/>.</summary>
    internal QueueMark(Func<CudaQueue, CudaStream> streamOf)
    {
        _streamOf = streamOf;
        _set = [.. Enum.GetValues<CudaQueue>().Select<CudaQueue, Action>(queue => () => _event.Record(_streamOf(queue).Stream))];
        _await = [.. Enum.GetValues<CudaQueue>().Select<CudaQueue, Action>(queue => () => _streamOf(queue).WaitEvent(_event.Event))];
        _wait = () =>
        {
            if (!_event.Query())
            {
                _event.Synchronize();
            }
        };
    }

    /// <summary>Notes the moment when everything in a queue is done. Allocates nothing.</summary>
    public void Set(CudaQueue queue) => Driver.Call("cuEventRecord", _set[(int)queue]);

    /// <summary>Lets what is queued from now on begin behind that moment. Allocates nothing.</summary>
    public void Await(CudaQueue queue) => Driver.Call("cuStreamWaitEvent", _await[(int)queue]);

    /// <summary>Keeps the host waiting until that moment; a mark that was never set keeps nobody. Allocates nothing.</summary>
    public void Wait() => Driver.Call("cuEventSynchronize", _wait);

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
