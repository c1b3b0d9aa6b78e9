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
public readonly record struct CudaLaunch(string Name, nint Kernel, Blocks Grid, int Block, int SharedBytes, nint Arguments);
