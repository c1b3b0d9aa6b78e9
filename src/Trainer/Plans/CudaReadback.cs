using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;

namespace Gimbal.Trainer.Plans;

/// <summary>Queues the copies to page-locked memory behind the run, and waits for them alone.</summary>
/// <param name="driver">The card.</param>
/// <param name="outputs">Address and number of elements of each.</param>
internal sealed class CudaReadback(Driver driver, IReadOnlyList<(ulong Address, int Count)> outputs) : Readback
{
    private readonly QueuedCopy _copy = driver.NewQueuedCopy(outputs.Sum(output => output.Count) * sizeof(float));

    /// <inheritdoc/>
    public override void Take()
    {
        int first = 0;
        for (int i = 0; i < outputs.Count; i++)
        {
            int bytes = outputs[i].Count * sizeof(float);
            _copy.Queue(outputs[i].Address, first, bytes);
            first += bytes;
        }

        _copy.Mark();
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Wait() => MemoryMarshal.Cast<byte, float>(_copy.Wait());

    /// <inheritdoc/>
    public override void Dispose() => _copy.Dispose();
}
