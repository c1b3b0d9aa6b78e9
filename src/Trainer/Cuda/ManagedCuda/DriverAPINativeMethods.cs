using System.Reflection;
using System.Runtime.InteropServices;
using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>Entry points of the CUDA driver, under the package's names.</summary>
internal static partial class DriverAPINativeMethods
{
    private const string Library = "nvcuda";

    private static readonly string[] s_names = ["libcuda.so.1", "libcuda.so", "nvcuda.dll"];

    static DriverAPINativeMethods() => NativeLibrary.SetDllImportResolver(typeof(DriverAPINativeMethods).Assembly, Resolve);

    [LibraryImport(Library)]
    internal static partial CUResult cuInit(uint flags);

    [LibraryImport(Library)]
    internal static partial CUResult cuDriverGetVersion(ref int version);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string candidate in name == Library ? s_names : [])
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }

    /// <summary>Devices and contexts.</summary>
    internal static partial class Contexts
    {
        [LibraryImport(Library)]
        internal static partial CUResult cuDeviceGetCount(ref int count);

        [LibraryImport(Library)]
        internal static partial CUResult cuDeviceGet(ref CUdevice device, int ordinal);

        [LibraryImport(Library)]
        internal static unsafe partial CUResult cuDeviceGetName(byte* name, int length, CUdevice device);

        [LibraryImport(Library)]
        internal static partial CUResult cuDeviceGetAttribute(ref int value, CUDeviceAttribute attribute, CUdevice device);

        [LibraryImport(Library)]
        internal static partial CUResult cuDeviceTotalMem_v2(ref ulong bytes, CUdevice device);

        [LibraryImport(Library)]
        internal static partial CUResult cuDevicePrimaryCtxRetain(ref CUcontext context, CUdevice device);

        [LibraryImport(Library)]
        internal static partial CUResult cuDevicePrimaryCtxRelease_v2(CUdevice device);

        [LibraryImport(Library)]
        internal static partial CUResult cuCtxSetCurrent(CUcontext context);

        [LibraryImport(Library)]
        internal static partial CUResult cuCtxSynchronize();
    }

    /// <summary>Modules.</summary>
    internal static partial class ModuleManagement
    {
        [LibraryImport(Library)]
        internal static unsafe partial CUResult cuModuleLoadDataEx(ref CUmodule module, byte* image, uint options, nint names, nint values);

        [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
        internal static partial CUResult cuModuleGetFunction(ref CUfunction function, CUmodule module, string name);

        [LibraryImport(Library)]
        internal static partial CUResult cuModuleUnload(CUmodule module);
    }

    /// <summary>Kernels.</summary>
    public static partial class FunctionManagement
    {
        [LibraryImport(Library)]
        public static partial CUResult cuFuncGetAttribute(ref int value, CUFunctionAttribute attribute, CUfunction function);

        [LibraryImport(Library)]
        public static partial CUResult cuFuncSetAttribute(CUfunction function, CUFunctionAttribute attribute, int value);
    }

    /// <summary>Device and pinned memory.</summary>
    public static partial class MemoryManagement
    {
        [LibraryImport(Library)]
        public static partial CUResult cuMemAlloc_v2(ref CUdeviceptr pointer, SizeT bytes);

        [LibraryImport(Library)]
        public static partial CUResult cuMemFree_v2(CUdeviceptr pointer);

        [LibraryImport(Library)]
        public static partial CUResult cuMemGetInfo_v2(ref ulong free, ref ulong total);

        [LibraryImport(Library)]
        public static partial CUResult cuMemHostAlloc(ref nint pointer, SizeT bytes, uint flags);

        [LibraryImport(Library)]
        public static partial CUResult cuMemFreeHost(nint pointer);
    }

    /// <summary>Copies ordered by a stream.</summary>
    public static partial class AsynchronousMemcpy_v2
    {
        [LibraryImport(Library)]
        public static partial CUResult cuMemcpyHtoDAsync_v2(CUdeviceptr target, nint source, SizeT bytes, CUstream stream);

        [LibraryImport(Library)]
        public static partial CUResult cuMemcpyDtoHAsync_v2(nint target, CUdeviceptr source, SizeT bytes, CUstream stream);

        [LibraryImport(Library)]
        public static partial CUResult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, SizeT bytes, CUstream stream);
    }

    /// <summary>Fills ordered by a stream.</summary>
    public static partial class MemsetAsync
    {
        [LibraryImport(Library)]
        public static partial CUResult cuMemsetD32Async(CUdeviceptr target, uint value, SizeT count, CUstream stream);
    }

    /// <summary>Streams and their capture.</summary>
    public static partial class Streams
    {
        [LibraryImport(Library)]
        internal static partial CUResult cuStreamCreate(ref CUstream stream, CUStreamFlags flags);

        [LibraryImport(Library)]
        internal static partial CUResult cuStreamDestroy_v2(CUstream stream);

        [LibraryImport(Library)]
        internal static partial CUResult cuStreamSynchronize(CUstream stream);

        [LibraryImport(Library)]
        internal static partial CUResult cuStreamWaitEvent(CUstream stream, CUevent handle, uint flags);

        [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
        public static partial CUResult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode mode);

        [LibraryImport(Library)]
        public static partial CUResult cuStreamEndCapture(CUstream stream, ref CUgraph graph);
    }

    /// <summary>Events.</summary>
    internal static partial class Events
    {
        [LibraryImport(Library)]
        internal static partial CUResult cuEventCreate(ref CUevent handle, CUEventFlags flags);

        [LibraryImport(Library)]
        internal static partial CUResult cuEventRecord(CUevent handle, CUstream stream);

        [LibraryImport(Library)]
        internal static partial CUResult cuEventSynchronize(CUevent handle);

        [LibraryImport(Library)]
        internal static partial CUResult cuEventQuery(CUevent handle);

        [LibraryImport(Library)]
        internal static partial CUResult cuEventElapsedTime(ref float milliseconds, CUevent start, CUevent end);

        [LibraryImport(Library)]
        internal static partial CUResult cuEventDestroy_v2(CUevent handle);
    }

    /// <summary>Graphs; the package spells the class so.</summary>
    public static partial class GraphManagment
    {
        [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
        private static partial CUResult Instantiate(ref CUgraphExec executable, CUgraph graph, ulong flags);

        public static CUResult cuGraphInstantiate(ref CUgraphExec executable, CUgraph graph, CUgraphInstantiate_flags flags) =>
            Instantiate(ref executable, graph, (ulong)flags);

        [LibraryImport(Library)]
        public static partial CUResult cuGraphLaunch(CUgraphExec executable, CUstream stream);

        [LibraryImport(Library)]
        public static partial CUResult cuGraphExecDestroy(CUgraphExec executable);

        [LibraryImport(Library)]
        public static partial CUResult cuGraphDestroy(CUgraph graph);
    }

    /// <summary>Launches.</summary>
    public static partial class Launch
    {
        [LibraryImport(Library)]
        public static partial CUResult cuLaunchKernel(
            CUfunction function,
            uint gridX,
            uint gridY,
            uint gridZ,
            uint blockX,
            uint blockY,
            uint blockZ,
            uint sharedBytes,
            CUstream stream,
            nint[] parameters,
            nint[]? extra);
    }
}
