namespace ManagedCuda.BasicTypes;

/// <summary>A size or an offset, as wide as a pointer.</summary>
internal readonly struct SizeT(ulong value)
{
    private readonly ulong _value = value;

    public static implicit operator SizeT(int value) => new((ulong)value);

    public static implicit operator SizeT(long value) => new((ulong)value);

    public static implicit operator SizeT(ulong value) => new(value);

    public static implicit operator long(SizeT size) => (long)size._value;

    public static implicit operator ulong(SizeT size) => size._value;
}

/// <summary>An address in device memory.</summary>
internal struct CUdeviceptr
{
    public SizeT Pointer;

    public CUdeviceptr(SizeT pointer) => Pointer = pointer;

    public static implicit operator ulong(CUdeviceptr pointer) => pointer.Pointer;
}

/// <summary>A device.</summary>
internal struct CUdevice
{
    public int Pointer;
}

/// <summary>A context.</summary>
internal struct CUcontext
{
    public nint Pointer;
}

/// <summary>A loaded module.</summary>
internal struct CUmodule
{
    public nint Pointer;
}

/// <summary>A kernel of a module.</summary>
internal struct CUfunction
{
    public nint Pointer;
}

/// <summary>A stream.</summary>
internal struct CUstream
{
    public nint Pointer;
}

/// <summary>A moment in the work of a stream.</summary>
internal struct CUevent
{
    public nint Pointer;
}

/// <summary>A graph of launches.</summary>
internal struct CUgraph
{
    public nint Pointer;
}

/// <summary>A graph ready to launch.</summary>
internal struct CUgraphExec
{
    public nint Pointer;
}
