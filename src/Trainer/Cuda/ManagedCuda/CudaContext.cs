using System.Text;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>A context and what lives in it.</summary>
internal class CudaContext : IDisposable
{
    private CUdevice _device;
    private CUcontext _context;

    private protected CudaContext(int deviceId)
    {
        CudaException.Check(cuInit(0));
        CudaException.Check(Contexts.cuDeviceGet(ref _device, deviceId));
        CudaException.Check(Contexts.cuDevicePrimaryCtxRetain(ref _context, _device));
    }

    public static int GetDeviceCount()
    {
        CudaException.Check(cuInit(0));
        int count = 0;
        CudaException.Check(Contexts.cuDeviceGetCount(ref count));
        return count;
    }

    public static Version GetDriverVersion()
    {
        int version = 0;
        CudaException.Check(cuDriverGetVersion(ref version));
        return new Version(version / 1000, version % 1000);
    }

    public void SetCurrent() => CudaException.Check(Contexts.cuCtxSetCurrent(_context));

    public unsafe string GetDeviceName()
    {
        byte* name = stackalloc byte[256];
        CudaException.Check(Contexts.cuDeviceGetName(name, 256, _device));
        return Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name));
    }

    public Version GetDeviceComputeCapability() =>
        new(Attribute(CUDeviceAttribute.ComputeCapabilityMajor), Attribute(CUDeviceAttribute.ComputeCapabilityMinor));

    public SizeT GetFreeDeviceMemorySize()
    {
        (ulong free, ulong total) = (0, 0);
        CudaException.Check(MemoryManagement.cuMemGetInfo_v2(ref free, ref total));
        return free;
    }

    public SizeT GetTotalDeviceMemorySize()
    {
        ulong bytes = 0;
        CudaException.Check(Contexts.cuDeviceTotalMem_v2(ref bytes, _device));
        return bytes;
    }

    /// <param name="moduleImage">PTX text; a zero is appended.</param>
    public unsafe CUmodule LoadModulePTX(byte[] moduleImage)
    {
        byte[] terminated = [.. moduleImage, 0];
        CUmodule module = default;
        fixed (byte* image = terminated)
        {
            CudaException.Check(ModuleManagement.cuModuleLoadDataEx(ref module, image, 0, 0, 0));
        }

        return module;
    }

    public void UnloadModule(CUmodule module) => CudaException.Check(ModuleManagement.cuModuleUnload(module));

    public CUdeviceptr AllocateMemory(SizeT bytes)
    {
        CUdeviceptr pointer = default;
        CudaException.Check(MemoryManagement.cuMemAlloc_v2(ref pointer, bytes));
        return pointer;
    }

    public void FreeMemory(CUdeviceptr pointer) => CudaException.Check(MemoryManagement.cuMemFree_v2(pointer));

    public void Dispose()
    {
        _ = Contexts.cuDevicePrimaryCtxRelease_v2(_device);
        GC.SuppressFinalize(this);
    }

    private int Attribute(CUDeviceAttribute attribute)
    {
        int value = 0;
        CudaException.Check(Contexts.cuDeviceGetAttribute(ref value, attribute, _device));
        return value;
    }
}

/// <summary>The context a device shares with every library of the process. It is not made current: call <see cref="CudaContext.SetCurrent"/>.</summary>
internal sealed class PrimaryContext(int deviceId) : CudaContext(deviceId);
