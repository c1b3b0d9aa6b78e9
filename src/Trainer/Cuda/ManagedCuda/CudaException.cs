using ManagedCuda.BasicTypes;

namespace ManagedCuda;

/// <summary>A call of the driver failed.</summary>
internal sealed class CudaException(CUResult error) : Exception($"{error} ({(int)error})")
{
    /// <summary>What the driver said.</summary>
    public CUResult CudaError { get; } = error;

    /// <summary>Throws unless a call succeeded.</summary>
    internal static void Check(CUResult result)
    {
        if (result != CUResult.Success)
        {
            throw new CudaException(result);
        }
    }
}
