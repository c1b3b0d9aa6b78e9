using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Extents of a pooling as its kernels read them; pooling.cu has the same struct.</summary>
internal readonly record struct CudaPoolGeometry(
    int N, int C, int H, int W, int P, int Q, int WindowH, int WindowW, int StrideH, int StrideW, int PadTop, int PadLeft)
{
    public static CudaPoolGeometry Of(Shape x, Shape y, Size2 window, Size2 stride, Pad2 pad) =>
        new(x[0], x[1], x[2], x[3], y[2], y[3], window.H, window.W, stride.H, stride.W, pad.Top, pad.Left);
}

/// <summary>The CUDA launches of averages over windows and of their gradient.</summary>
internal static class PoolLaunch
{
    /// <summary>Appends y = mean of each window of x.</summary>
    public static void Average(CudaCall call, Size2 window, Size2 stride, Pad2 pad, PadCounting counting) =>
        Add(call, "average_pool_forward_f32", CudaPoolGeometry.Of(call.InputShape(0), call.OutputShape(0), window, stride, pad), counting);

    /// <summary>Appends gradX = what the windows over each pixel pass back.</summary>
    public static void AverageGrad(CudaCall call, Size2 window, Size2 stride, Pad2 pad, PadCounting counting) =>
        Add(call, "average_pool_grad_f32", CudaPoolGeometry.Of(call.OutputShape(0), call.InputShape(0), window, stride, pad), counting);

    /// <summary>Grid in which a thread writes one element.</summary>
    public static Blocks OnePerThread(Shape output) => new(Blocks.Over(output.Count, CudaLaunches.Threads));

    private static void Add(CudaCall call, string kernel, CudaPoolGeometry geometry, PadCounting counting) => call.Launches.Add(
        kernel,
        OnePerThread(call.OutputShape(0)),
        new AverageArgs(call.Input(0), call.Output(0), geometry, counting == PadCounting.Included ? 1 : 0, 0));

    private readonly record struct AverageArgs(ulong From, ulong To, CudaPoolGeometry Geometry, int CountsPadding, int Padding);
}
