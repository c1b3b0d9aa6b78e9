using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>The CUDA launch of padding and of its gradient.</summary>
internal static class PadLaunch
{
    /// <summary>Appends it; a thread writes one element of the output.</summary>
    /// <param name="call">One input, one output.</param>
    /// <param name="kernel">Its name.</param>
    /// <param name="inner">The shape without zeros.</param>
    /// <param name="outer">The shape with them.</param>
    /// <param name="sides">Rows and columns of zeros.</param>
    /// <param name="before">Channels of zeros ahead of the others.</param>
    /// <param name="count">Elements of the output.</param>
    public static void Emit(CudaCall call, string kernel, Shape inner, Shape outer, Pad2 sides, int before, int count) => call.Launches.Add(
        kernel,
        new Blocks(Blocks.Over(count, CudaLaunches.Threads)),
        new Args(call.Input(0), call.Output(0), inner[0], inner[1], inner[2], inner[3], outer[1], outer[2], outer[3], sides.Top, sides.Left, before));

    private readonly record struct Args(
        ulong X, ulong Y, int N, int C, int H, int W, int OuterC, int OuterH, int OuterW, int Top, int Left, int Before);
}
