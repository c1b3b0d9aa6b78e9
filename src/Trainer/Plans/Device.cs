using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Where plans run. Owns what plans share: threads here, streams and kernels elsewhere.</summary>
public abstract class Device : IDisposable
{
    /// <summary>What <c>--device</c> calls it: <c>cpu</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, for people: threads and instruction set.</summary>
    public abstract string Description { get; }

    /// <summary>Whether a plan runs while its caller goes on: what is called next is queued behind it, and reading waits.</summary>
    public virtual bool IsAsynchronous => false;

    /// <summary>Allocates the parameters and buffers of <paramref name="graphs"/>, zeroed.</summary>
    public abstract StateStore NewState(params IReadOnlyList<Graph> graphs);

    /// <summary>Lays out and emits <paramref name="graph"/>; it works on <paramref name="state"/>.</summary>
    /// <param name="graph">What to run.</param>
    /// <param name="state">Parameters and buffers.</param>
    /// <param name="host">A plan of this device that outlives the new one and lends it its arena where that is large enough: a run of either then loses what the other left.</param>
    /// <param name="precision">Of its products.</param>
    /// <exception cref="NotSupportedException">This device has no products of that precision.</exception>
    public abstract Plan NewPlan(Graph graph, StateStore state, Plan? host = null, Precision precision = Precision.Float32);

    /// <summary>Room for pictures that this device makes batches of; null where the host makes them.</summary>
    /// <param name="count">Pictures of the data set: all of them find room where the device has it, else a batch.</param>
    /// <param name="batch">Most rows of a batch.</param>
    /// <param name="picture">Shape of one, [H, W, C].</param>
    /// <param name="table">Input value of each byte, 256 a channel.</param>
    public virtual DevicePictures? NewPictures(int count, int batch, Shape picture, ReadOnlySpan<float> table) => null;

    /// <summary>Frees what plans share, after the plans.</summary>
    public abstract void Dispose();
}
