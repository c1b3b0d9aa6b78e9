using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>CUDA launches that normalisation with and without the batch's statistics share.</summary>
internal static class NormalizationLaunch
{
    /// <summary>Appends y = (x − a)·b + c, each channel with its own coefficients; x is input 0, y output 0.</summary>
    public static void Normalize(CudaCall call, CudaChannels sums, ulong coefficients) => call.Launches.Add(
        "batch_normalization_forward_f32",
        sums.Map,
        new NormalizeArgs(call.Input(0), coefficients, call.Output(0), call.InputShape(0).Count, sums.Channels));

    /// <summary>Appends <see cref="NormalizeRelu"/>, whose inputs are the call's.</summary>
    public static void NormalizeRelu(CudaCall call)
    {
        CudaChannels sums = NormalizationRule.CudaChannels(call.InputShape(0));
        int count = call.InputShape(0).Count;
        if (call.Node.Inputs.Count > 2)
        {
            call.Launches.Add("normalize_add_relu_forward_f32", sums.Map, new NormalizeAddArgs(call.Input(0), call.Input(2), call.Input(1), call.Output(0), count, sums.Channels));
        }
        else
        {
            call.Launches.Add("normalize_relu_forward_f32", sums.Map, new NormalizeArgs(call.Input(0), call.Input(1), call.Output(0), count, sums.Channels));
        }
    }

    /// <summary>Appends gradX, affine in gradY and x, each channel with its own coefficients.</summary>
    public static void NormalizeGrad(CudaCall call, CudaChannels sums, ulong x, ulong gradY, ulong coefficients, ulong gradX) => call.Launches.Add(
        "batch_normalization_grad_input_f32", sums.Map, new NormalizeGradArgs(x, gradY, coefficients, gradX, sums.Rows * sums.Channels, sums.Channels));

    /// <summary>Appends Σ gradY and Σ gradY·(x − mean) of every chunk; x is input 0, gradY input 4.</summary>
    /// <returns>Address of the sums: 2·chunks·channels floats.</returns>
    public static ulong GradSums(CudaCall call, CudaChannels sums, ulong mean)
    {
        ulong partial = call.Launches.Scratch(2L * sums.Chunks * sums.Channels);
        call.Launches.Add("batch_normalization_grad_sums_f32", sums.Partials, new GradSumsArgs(
            call.Input(0), call.Input(4), mean, partial, sums.Rows, sums.Channels, sums.RowsPerChunk, 0));
        return partial;
    }

    private readonly record struct NormalizeArgs(ulong X, ulong Coefficients, ulong Y, int Count, int Channels);

    private readonly record struct NormalizeAddArgs(ulong X, ulong Skip, ulong Coefficients, ulong Y, int Count, int Channels);

    private readonly record struct NormalizeGradArgs(ulong X, ulong GradY, ulong Coefficients, ulong GradX, int Count, int Channels);

    private readonly record struct GradSumsArgs(
        ulong X, ulong GradY, ulong Mean, ulong Partial, int Rows, int Channels, int RowsPerChunk, int Padding);
}
