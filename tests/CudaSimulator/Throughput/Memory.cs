using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;

namespace Gimbal.CudaSimulator.Throughput;

/// <summary>Device memory that lives until the simulator is reset.</summary>
internal sealed class Memory(Driver driver)
{
    /// <summary>Address of so many numbers between 0 and 1.</summary>
    public ulong Numbers(int count) => Holding([.. Enumerable.Range(0, count).Select(i => i * 37 % 101 / 101f)]);

    /// <summary>Address of these values.</summary>
    public ulong Holding<T>(params T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<T>(values);
        ulong address = driver.Allocate(bytes.Length);
        driver.Upload(address, bytes);
        return address;
    }
}
