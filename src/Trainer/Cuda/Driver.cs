using ManagedCuda;
using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace Gimbal.Trainer.Cuda;

/// <summary>One device and its queues. With <see cref="QueuedCopy"/>, <see cref="QueuedUpload"/> and <see cref="QueueMark"/> the only caller of ManagedCuda's API; what they need of it is stated in ManagedCuda/README.md.</summary>
/// <remarks>Work is queued in order and runs while the host goes on; <see cref="Synchronize"/> and <see cref="Download"/> wait, and <see cref="Upload"/> where its page-locked memory is full. One thread at a time may use a driver.</remarks>
public sealed unsafe class Driver : IDisposable
{
    private const int StagingHalfBytes = 2 << 20;
    private const int StagingBytes = 2 * StagingHalfBytes;
    private readonly PrimaryContext _context;
    private readonly CudaStream _stream;
    private readonly CudaStream _aside;
    private readonly CudaStream _uploads;
    private readonly CudaPageLockedHostMemory<byte> _staging;
    private readonly List<CUmodule> _modules = [];
    private readonly nint[] _parameter = new nint[1];
    private readonly Action _synchronize;
    // Each half of the staging memory, once it is full: when it has been read.
    private readonly QueueMark[] _read;
    private int _half;
    private int _staged;

    private Driver(PrimaryContext context)
    {
        _context = context;
        _context.SetCurrent();
        _stream = new CudaStream(CUStreamFlags.NonBlocking);
        _aside = new CudaStream(CUStreamFlags.NonBlocking);
        _uploads = new CudaStream(CUStreamFlags.NonBlocking);
        _staging = new CudaPageLockedHostMemory<byte>(StagingBytes);
        _synchronize = _stream.Synchronize;
        _read = [NewMark(), NewMark()];
    }

    /// <summary>The card's name.</summary>
    public string Name => _context.GetDeviceName();

    /// <summary>Compute capability: 8.0 is the least the kernels run on.</summary>
    public Version ComputeCapability => _context.GetDeviceComputeCapability();

    /// <summary>Bytes of device memory in all.</summary>
    public long TotalBytes => (long)(ulong)_context.GetTotalDeviceMemorySize();

    /// <summary>Bytes of device memory nobody holds.</summary>
    public long FreeBytes => (long)(ulong)_context.GetFreeDeviceMemorySize();

    /// <summary>CUDA version the driver speaks.</summary>
    public static Version Version
    {
        get
        {
            // 12.8 comes as 12 and 80.
            Version version = Call("cuDriverGetVersion", CudaContext.GetDriverVersion);
            return new Version(version.Major, version.Minor / 10);
        }
    }

    /// <summary>Opens a device.</summary>
    /// <param name="device">Which, from 0.</param>
    /// <exception cref="CudaUnavailableException">There is no driver, or no such device.</exception>
    public static Driver Open(int device = 0)
    {
        try
        {
            int count = CudaContext.GetDeviceCount();
            return device < count
                ? new Driver(new PrimaryContext(device))
                : throw new CudaUnavailableException($"device {device} was asked for and the driver knows {count}; see nvidia-smi");
        }
        catch (DllNotFoundException e)
        {
            throw new CudaUnavailableException("no NVIDIA driver: libcuda.so.1 (nvcuda.dll on Windows) was not found; install the driver of your card, or use --device cpu", e);
        }
        catch (ManagedCuda.CudaException e)
        {
            throw new CudaUnavailableException($"the NVIDIA driver refuses: {Explain(e.CudaError)}; use --device cpu", e);
        }
    }

    /// <summary>Loads kernels; the driver compiles them for the card.</summary>
    /// <param name="ptx">PTX text.</param>
    /// <param name="file">Named in errors.</param>
    /// <returns>A number for <see cref="FindKernel"/>.</returns>
    public int LoadModule(byte[] ptx, string file)
    {
        _modules.Add(Call($"cuModuleLoadDataEx({file})", () => _context.LoadModulePTX(ptx)));
        return _modules.Count - 1;
    }

    /// <summary>Finds a kernel of a loaded module.</summary>
    /// <exception cref="CudaException">The module has none of that name.</exception>
    public nint FindKernel(int module, string name) =>
        Call($"cuModuleGetFunction({name})", () => new CudaKernel(name, _modules[module])).CUFunction.Pointer;

    /// <summary>Lets a kernel use more dynamic shared memory than the 48 KiB every card has.</summary>
    public static void AllowSharedMemory(nint kernel, string name, int bytes) => Check(
        FunctionManagement.cuFuncSetAttribute(Function(kernel), CUFunctionAttribute.MaxDynamicSharedSizeBytes, bytes), "cuFuncSetAttribute", name);

    /// <summary>Takes device memory; its contents are undefined.</summary>
    /// <returns>Its address, aligned to 256 bytes.</returns>
    /// <exception cref="CudaException">The device has not so much.</exception>
    public ulong Allocate(long bytes) => Call($"cuMemAlloc({bytes >> 20} MiB)", () => _context.AllocateMemory(Math.Max(bytes, 1)));

    /// <summary>Gives device memory back.</summary>
    public void Free(ulong address) => Call("cuMemFree", () => _context.FreeMemory(new CUdeviceptr(address)));

    /// <summary>Queues filling whole 32-bit words with zeros.</summary>
    public void Clear(ulong address, long words) =>
        Check(MemsetAsync.cuMemsetD32Async(new CUdeviceptr(address), 0, words, _stream.Stream), "cuMemsetD32Async", null);

    /// <summary>Queues a copy inside the memory of the device. Allocates nothing.</summary>
    public void Copy(ulong target, ulong source, long bytes) => Check(
        AsynchronousMemcpy_v2.cuMemcpyDtoDAsync_v2(new CUdeviceptr(target), new CUdeviceptr(source), bytes, _stream.Stream), "cuMemcpyDtoDAsync", null);

    /// <summary>Copies to the device; the source may be changed as soon as the call returns.</summary>
    public void Upload(ulong address, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int count = Math.Min(source.Length, StagingHalfBytes);
            if (count > ((_half + 1) * StagingHalfBytes) - _staged)
            {
                // The other half must have been read before it is filled again; it was filled long ago.
                _read[_half].Set(CudaQueue.Main);
                _half ^= 1;
                _read[_half].Wait();
                _staged = _half * StagingHalfBytes;
            }

            nint staging = _staging.PinnedHostPointer + _staged;
            source[..count].CopyTo(new Span<byte>((void*)staging, count));
            Check(AsynchronousMemcpy_v2.cuMemcpyHtoDAsync_v2(new CUdeviceptr(address), staging, count, _stream.Stream), "cuMemcpyHtoDAsync", null);
            _staged += count;
            address += (ulong)count;
            source = source[count..];
        }
    }

    /// <summary>Waits for the queued work and copies from the device.</summary>
    public void Download(ulong address, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int count = Math.Min(target.Length, StagingBytes);
            // The staging memory may still be on its way to the device.
            Synchronize();
            Check(AsynchronousMemcpy_v2.cuMemcpyDtoHAsync_v2(_staging.PinnedHostPointer, new CUdeviceptr(address), count, _stream.Stream), "cuMemcpyDtoHAsync", null);
            Synchronize();
            new ReadOnlySpan<byte>((void*)_staging.PinnedHostPointer, count).CopyTo(target);
            address += (ulong)count;
            target = target[count..];
        }
    }

    /// <summary>Queues a launch. Allocates nothing.</summary>
    public void Launch(in CudaLaunch launch, CudaQueue queue = CudaQueue.Main)
    {
        _parameter[0] = launch.Arguments;
        Check(
            DriverAPINativeMethods.Launch.cuLaunchKernel(
                Function(launch.Kernel), (uint)launch.Grid.X, (uint)launch.Grid.Y, (uint)launch.Grid.Z, (uint)launch.Block, 1, 1, (uint)launch.SharedBytes, StreamOf(queue).Stream, _parameter, null),
            "cuLaunchKernel",
            launch.Name);
    }

    /// <summary>Queues a launch behind everything queued, waits for it and says how long the device took.</summary>
    /// <exception cref="CudaException">The launch, or something queued before, failed.</exception>
    public TimeSpan Time(CudaLaunch launch) => Call("cuEventElapsedTime", () =>
    {
        using CudaEvent start = new();
        using CudaEvent end = new();
        start.Record(_stream.Stream);
        Launch(launch);
        end.Record(_stream.Stream);
        end.Synchronize();
        return TimeSpan.FromMilliseconds(CudaEvent.ElapsedTime(start, end));
    });

    /// <summary>Waits until everything queued is done.</summary>
    /// <exception cref="CudaException">Something queued failed.</exception>
    public void Synchronize()
    {
        Call("cuStreamSynchronize", _synchronize);
        _staged = _half * StagingHalfBytes;
    }

    /// <summary>Memory of the host for copies that nobody waits for at once.</summary>
    /// <param name="bytes">Its length.</param>
    public QueuedCopy NewQueuedCopy(int bytes) => Call($"cuMemHostAlloc({bytes} bytes)", () => new QueuedCopy(_stream, bytes));

    /// <summary>Memory of the host that copies to the device read while the host goes on.</summary>
    /// <param name="bytes">Its length.</param>
    public QueuedUpload NewQueuedUpload(int bytes) => Call($"cuMemHostAlloc({bytes} bytes)", () => new QueuedUpload(_uploads, NewMark(), bytes));

    /// <summary>What lets one queue wait for another.</summary>
    public QueueMark NewMark() => Call("cuEventCreate", () => new QueueMark(StreamOf));

    /// <summary>Records what <paramref name="queue"/> launches as a graph instead of running it. What goes to another queue than the main one must come behind a mark of the main one, and be waited for by it.</summary>
    /// <returns>The graph, for <see cref="Replay"/> and <see cref="Forget"/>.</returns>
    public nint Record(Action queue)
    {
        ArgumentNullException.ThrowIfNull(queue);
        Check(Streams.cuStreamBeginCapture(_stream.Stream, CUstreamCaptureMode.Relaxed), "cuStreamBeginCapture", null);
        CUgraph graph = default;
        try
        {
            queue();
        }
        finally
        {
            Check(Streams.cuStreamEndCapture(_stream.Stream, ref graph), "cuStreamEndCapture", null);
        }

        CUgraphExec executable = default;
        CUResult result = GraphManagment.cuGraphInstantiate(ref executable, graph, CUgraphInstantiate_flags.None);
        _ = GraphManagment.cuGraphDestroy(graph);
        Check(result, "cuGraphInstantiate", null);
        return executable.Pointer;
    }

    /// <summary>Queues a recorded graph. Allocates nothing.</summary>
    public void Replay(nint graph) => Check(GraphManagment.cuGraphLaunch(Executable(graph), _stream.Stream), "cuGraphLaunch", null);

    /// <summary>Frees a recorded graph.</summary>
    public static void Forget(nint graph) => Check(GraphManagment.cuGraphExecDestroy(Executable(graph)), "cuGraphExecDestroy", null);

    /// <inheritdoc/>
    public void Dispose()
    {
        _staging.Dispose();
        Array.ForEach(_read, mark => mark.Dispose());
        _aside.Dispose();
        _uploads.Dispose();
        _stream.Dispose();
        _modules.ForEach(Unload);
        _context.Dispose();
    }

    // After a fault the device refuses this too, and the fault was told: it must not be hidden.
    private void Unload(CUmodule module)
    {
        try
        {
            _context.UnloadModule(module);
        }
        catch (ManagedCuda.CudaException)
        {
        }
    }

    private CudaStream StreamOf(CudaQueue queue) => queue switch
    {
        CudaQueue.Aside => _aside,
        CudaQueue.Upload => _uploads,
        _ => _stream,
    };

    private static CUfunction Function(nint pointer) => new() { Pointer = pointer };

    private static CUgraphExec Executable(nint pointer) => new() { Pointer = pointer };

    /// <summary>Throws what a call of the driver API returned, if that is an error.</summary>
    internal static void Check(CUResult result, string call, string? kernel)
    {
        if (result != CUResult.Success)
        {
            throw new CudaException($"{call}{(kernel is null ? "" : $" of kernel {kernel}")}: {Explain(result)}");
        }
    }

    /// <summary>Calls ManagedCuda and throws its errors as ours.</summary>
    internal static void Call(string call, Action action)
    {
        try
        {
            action();
        }
        catch (ManagedCuda.CudaException e)
        {
            throw new CudaException($"{call}: {Explain(e.CudaError)}", e);
        }
    }

    private static T Call<T>(string call, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (ManagedCuda.CudaException e)
        {
            throw new CudaException($"{call}: {Explain(e.CudaError)}", e);
        }
    }

    private static string Explain(CUResult result) => result switch
    {
        CUResult.ErrorOutOfMemory => "the device has not enough free memory; take a smaller batch, smaller images or a smaller model, or end other programs (nvidia-smi lists them)",
        CUResult.ErrorNoDevice => "it finds no card; see nvidia-smi",
        CUResult.ErrorNotInitialized => "it is not initialised; see nvidia-smi",
        CUResult.ErrorSystemDriverMismatch => "driver and kernel module have different versions; restart the machine after an update",
        CUResult.ErrorInvalidPtx or CUResult.ErrorInvalidImage or CUResult.ErrorNoBinaryForGPU => "the kernels do not run on this card; compute capability 8.0 (Ampere, 2020) is the least",
        CUResult.UnsupportedPTXVersion => "the driver is too old for the kernels; install 450 or newer",
        CUResult.ErrorIllegalAddress => "a kernel touched memory that is not its own; this is a defect of gimbal, please report it",
        CUResult.ErrorLaunchOutOfResources => "a kernel wants more registers or shared memory than the card has; this is a defect of gimbal, please report it",
        CUResult.ErrorLaunchFailed => "a kernel stopped; this is a defect of gimbal or a failing card",
        _ => $"CUDA error {result} ({(int)result})",
    };
}
