using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>A card: its driver and the kernels loaded into it.</summary>
public sealed class CudaDevice : Device
{
    /// <summary>A data set stays on the card where it takes no more than the free memory over this.</summary>
    public const int PictureShare = 2;

    private static readonly Version s_least = new(8, 0);

    /// <summary>Opens a card.</summary>
    /// <param name="device">Which, from 0.</param>
    /// <exception cref="CudaUnavailableException">There is none, or it is too old.</exception>
    public CudaDevice(int device = 0)
    {
        Driver = Driver.Open(device);
        if (Driver.ComputeCapability < s_least)
        {
            string message = $"{Driver.Name} has compute capability {Driver.ComputeCapability}; {s_least} (Ampere, 2020) is the least; use --device cpu";
            Driver.Dispose();
            throw new CudaUnavailableException(message);
        }

        Kernels = new Kernels(Driver);
    }

    /// <inheritdoc/>
    public override string Name => "cuda";

    /// <inheritdoc/>
    public override string Description =>
        $"{Driver.Name}, compute capability {Driver.ComputeCapability}, {Driver.TotalBytes >> 20} MiB, CUDA {Driver.Version}";

    /// <inheritdoc/>
    public override bool IsAsynchronous => true;

    internal Driver Driver { get; }

    internal Kernels Kernels { get; }

    /// <inheritdoc/>
    public override StateStore NewState(params IReadOnlyList<Graph> graphs) => new CudaState(graphs, Driver);

    /// <inheritdoc/>
    public override Plan NewPlan(Graph graph, StateStore state, Plan? host = null, Precision precision = Precision.Float32) =>
        new CudaPlan(graph, this, (CudaState)state, (CudaPlan?)host, precision);

    /// <inheritdoc/>
    public override DevicePictures NewPictures(int count, int batch, Shape picture, ReadOnlySpan<float> table)
    {
        bool fits = (long)count * picture.Count <= Driver.FreeBytes / PictureShare;
        return new CudaPictures(this, fits ? count : Math.Min(count, batch), batch, picture, table);
    }

    /// <inheritdoc/>
    public override void Dispose() => Driver.Dispose();
}
