using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>Carries tensors between the host's logical order and a device's storage order: channels last for images and filters.</summary>
internal sealed class CudaTransfer(Driver driver)
{
    private float[] _stored = [];

    /// <summary>Copies to the device.</summary>
    public void Upload(TensorType type, ReadOnlySpan<float> logical, ulong address)
    {
        if (type.Axes == Axes.Plain)
        {
            driver.Upload(address, MemoryMarshal.AsBytes(logical));
            return;
        }

        Span<float> stored = Room(logical.Length);
        ChannelsLast.Store(type.Shape, logical, stored);
        driver.Upload(address, MemoryMarshal.AsBytes(stored));
    }

    /// <summary>Waits and copies from the device.</summary>
    public void Download(TensorType type, ulong address, Span<float> logical)
    {
        if (type.Axes == Axes.Plain)
        {
            driver.Download(address, MemoryMarshal.AsBytes(logical));
            return;
        }

        Span<float> stored = Room(logical.Length);
        driver.Download(address, MemoryMarshal.AsBytes(stored));
        ChannelsLast.Load(type.Shape, stored, logical);
    }

    private Span<float> Room(int count)
    {
        if (_stored.Length < count)
        {
            _stored = new float[count];
        }

        return _stored.AsSpan(0, count);
    }
}
