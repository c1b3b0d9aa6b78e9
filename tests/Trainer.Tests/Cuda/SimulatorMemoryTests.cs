using System.Runtime.InteropServices;
using System.Text;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>How the simulator treats memory, copies and the context.</summary>
[Collection(Simulator.Collection)]
public sealed unsafe class SimulatorMemoryTests
{
    [SimulatorFact]
    public void The_device_says_that_it_is_simulated()
    {
        using SimulatedContext context = new();
        byte* name = stackalloc byte[100];
        Succeed(cuDeviceGetName(name, 100, 0));
        Assert.Equal(Simulator.DeviceName, Marshal.PtrToStringUTF8((nint)name));
        Succeed(cuDeviceGetAttribute(out int major, 75, 0));
        Assert.Equal(8, major);
    }

    [SimulatorFact]
    public void Calls_need_an_initialised_driver_and_a_current_context()
    {
        using SimulatedContext context = new();
        Succeed(cuCtxSetCurrent(0));
        Assert.Equal(201, cuMemAlloc_v2(out _, 4));
        Assert.Contains("no context is current", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Equal(201, cuCtxSetCurrent(12345));
        Succeed(cuCtxSetCurrent(context.Handle));
        Succeed(cuMemAlloc_v2(out _, 4));
    }

    [SimulatorFact]
    public void Memory_is_freed_once_and_at_its_start()
    {
        using SimulatedContext context = new();
        Assert.Equal(1, cuMemFree_v2(context.Input + 16));
        Assert.Contains("is not the start of an allocation", Simulator.LastReport, StringComparison.Ordinal);
        Succeed(cuMemFree_v2(context.Input));
        Assert.Equal(1, cuMemFree_v2(context.Input));
        Assert.Contains("is already freed", Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void Copies_stay_inside_one_live_allocation()
    {
        using SimulatedContext context = new();
        float* host = stackalloc float[Count + 1];
        Assert.Equal(1, cuMemcpyDtoH_v2(host, context.Input, (Count + 1) * 4));
        Assert.Contains("1028 bytes at offset 0 of an allocation of 1024 bytes", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Equal(1, cuMemcpyHtoD_v2(context.Input + 4, host, Count * 4));
        Assert.Equal(1, cuMemsetD32_v2(context.Input, 0, Count + 1));
        Assert.Equal(1, cuMemcpyHtoD_v2((ulong)host, host, 4));
        Assert.Contains("which is no device memory", Simulator.LastReport, StringComparison.Ordinal);
        Succeed(cuMemFree_v2(context.Input));
        Assert.Equal(1, cuMemcpyDtoH_v2(host, context.Input, 4));
        Assert.Contains("of a freed allocation", Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void A_kernel_that_reads_freed_memory_is_reported()
    {
        using SimulatedContext context = new(check: true);
        Succeed(cuMemFree_v2(context.Input));
        Assert.Equal(700, context.Run("missing_barrier_right"));
        Assert.Contains("races.cu", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Contains("of a freed allocation of 1024 bytes", Simulator.LastReport, StringComparison.Ordinal);
    }

    [SimulatorFact]
    public void Asynchronous_copies_need_pinned_memory()
    {
        using SimulatedContext context = new();
        float* host = stackalloc float[Count];
        Assert.Equal(1, cuMemcpyHtoDAsync_v2(context.Input, host, Count * 4, 0));
        Assert.Contains("not pinned", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Equal(1, cuMemcpyDtoHAsync_v2(host, context.Input, Count * 4, 0));
        Succeed(cuMemHostAlloc(out nint pinned, Count * 4, 0));
        Succeed(cuMemcpyHtoDAsync_v2(context.Input, (void*)pinned, Count * 4, 0));
        Assert.Equal(1, cuMemcpyHtoDAsync_v2(context.Input, (void*)(pinned + 4), Count * 4, 0));
        Succeed(cuMemFreeHost(pinned));
        Assert.Equal(1, cuMemFreeHost(pinned));
    }

    [SimulatorFact]
    public void More_memory_than_the_device_has_is_refused()
    {
        using SimulatedContext context = new();
        Succeed(cuMemGetInfo_v2(out nuint free, out nuint total));
        Assert.True(free < total);
        Assert.Equal(2, cuMemAlloc_v2(out _, free + 1));
        Succeed(cuGetErrorName(2, out nint name));
        Assert.Equal("CUDA_ERROR_OUT_OF_MEMORY", Marshal.PtrToStringUTF8(name));
        Assert.Equal(1, cuMemAlloc_v2(out _, 0));
    }

    [SimulatorFact]
    public void A_fault_spoils_every_later_call()
    {
        using SimulatedContext context = new(check: true);
        Assert.Equal(700, context.Run("read_past_device_memory_wrong"));
        Assert.Equal(700, cuCtxSynchronize());
        Assert.Equal(700, cuMemAlloc_v2(out _, 4));
        Assert.Equal(1, Simulator.Reports);
        Simulator.Clear();
        Succeed(cuCtxSynchronize());
    }

    [SimulatorFact]
    public void A_wild_address_is_a_fault_of_the_kernel_and_not_of_the_process()
    {
        using (SimulatedContext context = new())
        {
            Assert.Equal(700, context.Run("wild_address_wrong"));
            Assert.Contains("which is no memory", Simulator.LastReport, StringComparison.Ordinal);
        }

        // The runtime's own faults are still its own.
        Assert.Throws<NullReferenceException>(() => ((StringBuilder)null!).Length);
    }

    [SimulatorFact]
    public void What_outlives_the_context_is_a_leak()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out _, 1));
        Succeed(cuMemHostAlloc(out _, 64, 0));
        Assert.Equal(6, Simulator.Leaks().Count);
        Succeed(cuMemFree_v2(context.Counter));
        Succeed(cuDevicePrimaryCtxRelease_v2(0));
        Assert.Equal(5, Simulator.Reports);
        Assert.Contains("leak: device memory of 1024 bytes is still alive when the context goes", Simulator.AllReports);
        Assert.Contains("leak: pinned memory of 64 bytes is still alive when the context goes", Simulator.AllReports);
        Assert.Contains("leak: a stream is still alive when the context goes", Simulator.AllReports);
        Assert.Empty(Simulator.Leaks());
    }
}
