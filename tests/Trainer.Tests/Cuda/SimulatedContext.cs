using System.Text;
using Gimbal.CudaSimulator;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A fresh context on the simulated device, with 256 inputs and outputs for the kernels of misuses.</summary>
internal sealed unsafe class SimulatedContext : IDisposable
{
    public const int Count = 256;
    private const int Block = 64;
    private readonly Dictionary<string, nint> _functions = [];

    public SimulatedContext(bool check = false)
    {
        Simulator.Reset();
        Simulator.Load("misuses");
        Simulator.CheckAccesses(check);
        Succeed(cuInit(0));
        Succeed(cuDevicePrimaryCtxRetain(out nint context, 0));
        Handle = context;
        Succeed(cuCtxSetCurrent(context));
        (Input, Output, Workspace, Counter) = (Allocate(Count * 4), Allocate(Count * 4), Allocate(Count * 4), Allocate(4));
        Upload(Input, [.. Enumerable.Range(0, Count).Select(i => (float)i)]);
        Succeed(cuMemsetD32_v2(Counter, 0, 1));
    }

    /// <summary>What the kernels without a fault make of the input.</summary>
    public static float[] Expected { get; } = [.. Enumerable.Range(0, Count).Select(i => (float)(i ^ (Block - 1)))];

    public nint Handle { get; }

    public ulong Input { get; }

    public ulong Output { get; }

    public ulong Workspace { get; }

    public ulong Counter { get; }

    public static void Succeed(int result) => Assert.True(result == 0, $"{result}: {Simulator.LastReport}");

    public static ulong Allocate(int bytes)
    {
        Succeed(cuMemAlloc_v2(out ulong address, (nuint)bytes));
        return address;
    }

    public static void Upload(ulong address, float[] values)
    {
        fixed (float* source = values)
        {
            Succeed(cuMemcpyHtoD_v2(address, source, (nuint)values.Length * 4));
        }
    }

    public static float[] Download(ulong address, int count)
    {
        float[] values = new float[count];
        fixed (float* target = values)
        {
            Succeed(cuMemcpyDtoH_v2(target, address, (nuint)count * 4));
        }

        return values;
    }

    /// <summary>Loads a module; the driver's result.</summary>
    public static int Load(string ptx, out nint module)
    {
        fixed (byte* image = Encoding.ASCII.GetBytes(ptx + "\0"))
        {
            return cuModuleLoadData(out module, image);
        }
    }

    public static nint FunctionOf(string ptx, string name)
    {
        Succeed(Load(ptx, out nint module));
        Succeed(cuModuleGetFunction(out nint function, module, name));
        return function;
    }

    /// <summary>Queues a kernel of misuses; the driver's result.</summary>
    public int Launch(string name, uint? threads = null, uint grid = Count / Block, uint dynamicBytes = 256, nint stream = 0, int choice = Block, ulong? input = null, ulong? output = null)
    {
        MisuseKernel kernel = MisuseKernel.Find(name);
        if (!_functions.TryGetValue(name, out nint function))
        {
            _functions[name] = function = FunctionOf(kernel.Ptx(), name);
        }

        MisuseArguments arguments = new() { Input = input ?? Input, Output = output ?? Output, Workspace = Workspace, Counter = Counter, Count = Count, Block = choice };
        void* parameter = &arguments;
        return cuLaunchKernel(function, kernel.Threads == 32 ? 1 : grid, 1, 1, threads ?? (uint)kernel.Threads, 1, 1, dynamicBytes, stream, &parameter, null);
    }

    /// <summary>Runs a kernel of misuses to its end; the driver's result.</summary>
    public int Run(string name)
    {
        int result = Launch(name);
        return result != 0 ? result : cuCtxSynchronize();
    }

    public void Dispose() => Simulator.Reset();
}
