namespace Gimbal.Trainer.Cpu;

/// <summary>One parallel loop of a plan as data: a kernel, its arguments and the number of independent chunks.</summary>
/// <remarks>
/// The kernel is called once per chunk, in any order, by any thread: (arguments, chunk, scratch). Chunks write disjoint memory;
/// sums over chunks are partial results added in index order by a later step, so that a step gives the same bits
/// whatever the number of threads.
/// </remarks>
/// <param name="Name">What the step does, for listings and profiles: <c>conv_forward</c>.</param>
/// <param name="Kernel">Address of a <c>static void Kernel(TArgs* args, int chunk, float* scratch)</c>.</param>
/// <param name="Args">Address of the arguments; owned by the plan.</param>
/// <param name="Chunks">Number of calls; depends on shapes only, never on the number of threads.</param>
/// <param name="ScratchFloats">Private memory each call may overwrite, in float32 elements.</param>
public readonly unsafe record struct CpuStep(string Name, nint Kernel, nint Args, int Chunks, int ScratchFloats)
{
    /// <summary>Runs one chunk.</summary>
    public void Invoke(int chunk, float* scratch) => ((delegate*<void*, int, float*, void>)Kernel)((void*)Args, chunk, scratch);
}
