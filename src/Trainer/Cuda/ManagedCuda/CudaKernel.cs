using ManagedCuda.BasicTypes;
using static ManagedCuda.DriverAPINativeMethods;

namespace ManagedCuda;

/// <summary>A kernel of a module.</summary>
internal sealed class CudaKernel
{
    private readonly CUfunction _function;

    public CudaKernel(string kernelName, CUmodule module) =>
        CudaException.Check(ModuleManagement.cuModuleGetFunction(ref _function, module, KernelName = kernelName));

    public string KernelName { get; }

    public CUfunction CUFunction => _function;

    public int MaxThreadsPerBlock => Attribute(CUFunctionAttribute.MaxThreadsPerBlock);

    public int Registers => Attribute(CUFunctionAttribute.NumRegs);

    public int MaxDynamicSharedSizeBytes
    {
        set => CudaException.Check(FunctionManagement.cuFuncSetAttribute(_function, CUFunctionAttribute.MaxDynamicSharedSizeBytes, value));
    }

    private int Attribute(CUFunctionAttribute attribute)
    {
        int value = 0;
        CudaException.Check(FunctionManagement.cuFuncGetAttribute(ref value, attribute, _function));
        return value;
    }
}
