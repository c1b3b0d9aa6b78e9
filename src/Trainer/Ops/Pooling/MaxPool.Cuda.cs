using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

public sealed partial record MaxPool
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => call.Launches.Add(
        "max_pool_forward_f32",
        PoolLaunch.OnePerThread(call.OutputShape(0)),
        new CudaArgs(
            call.Input(0), call.Output(0), call.Output(1), CudaPoolGeometry.Of(call.InputShape(0), call.OutputShape(0), Window, Stride, Pad)));

    private readonly record struct CudaArgs(ulong X, ulong Y, ulong Positions, CudaPoolGeometry Geometry);
}

public sealed partial record MaxPoolGrad
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => call.Launches.Add(
        "max_pool_grad_f32",
        PoolLaunch.OnePerThread(call.OutputShape(0)),
        new CudaArgs(
            call.Input(0), call.Input(1), call.Output(0), CudaPoolGeometry.Of(call.OutputShape(0), call.InputShape(0), Window, Stride, Pad)));

    private readonly record struct CudaArgs(ulong Positions, ulong GradY, ulong GradX, CudaPoolGeometry Geometry);
}
