namespace Gimbal.Trainer.Cuda;

/// <summary>Number of blocks of a launch.</summary>
/// <param name="X">First axis.</param>
/// <param name="Y">Second axis, 65,535 at most.</param>
/// <param name="Z">Third axis, 65,535 at most.</param>
public readonly record struct Blocks(int X, int Y = 1, int Z = 1)
{
    /// <summary>The least number of blocks that cover <paramref name="count"/> elements, <paramref name="perBlock"/> by each.</summary>
    public static int Over(long count, int perBlock) => checked((int)((count + perBlock - 1) / perBlock));
}

/// <summary>One launch of a kernel as data.</summary>
/// <param name="Name">The kernel's name, for listings and errors: <c>relu_forward_f32</c>.</param>
/// <param name="Kernel">Handle of the kernel.</param>
/// <param name="Grid">Blocks.</param>
/// <param name="Block">Threads of a block, a multiple of 32.</param>
/// <param name="SharedBytes">Dynamic shared memory of a block.</param>
/// <param name="Arguments">Address of the kernel's one parameter; owned by the plan.</param>
/// <param name="ArgumentBytes">Size of it.</param>
public readonly record struct CudaLaunch(string Name, nint Kernel, Blocks Grid, int Block, int SharedBytes, nint Arguments, int ArgumentBytes)
{
    /// <summary>Prints <c>relu_forward_f32 &lt;64,1,1&gt; x256</c>.</summary>
    public override string ToString() => $"{Name} <{Grid.X},{Grid.Y},{Grid.Z}> x{Block}";
}

/// <summary>A stretch of memory that launches are handed, in a list that has no device.</summary>
/// <param name="Address">Where it starts: nowhere, but no two overlap.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Contents">What a table holds, addresses among it; empty for temporaries and tensors.</param>
public sealed record CudaMemory(ulong Address, long Bytes, ReadOnlyMemory<byte> Contents = default);
