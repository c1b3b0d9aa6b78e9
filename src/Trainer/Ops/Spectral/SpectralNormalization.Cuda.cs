using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

public sealed partial record SpectralNormalization
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Shape w = call.InputShape(0);
        (int outputs, int inputs) = (w[0], w.Count / w[0]);
        ulong product = call.Launches.Scratch(Math.Max(outputs, inputs));
        (ulong u, ulong v) = (call.Input(1), call.Input(2));
        for (int i = 0; i < Iterations; i++)
        {
            ProductArgs back = new(call.Input(0), u, product, outputs, inputs);
            call.Launches.Add("spectral_columns_f32", new Blocks(Blocks.Over(inputs, CudaLaunches.Threads)), back);
            v = Normalize(call, product, call.Output(2), inputs);
            call.Launches.Add("spectral_rows_f32", new Blocks(outputs), back with { X = v });
            u = Normalize(call, product, call.Output(1), outputs);
        }

        call.Launches.Add("spectral_rows_f32", new Blocks(outputs), new ProductArgs(call.Input(0), v, product, outputs, inputs));
        call.Launches.Add("spectral_sigma_f32", new Blocks(1), new SigmaArgs(product, u, v, call.Output(3), call.Output(1), call.Output(2), outputs, inputs));
        call.Launches.Add(
            "spectral_divide_f32", new Blocks(Blocks.Over(w.Count, CudaLaunches.Threads)), new CudaDivideArgs(call.Input(0), call.Output(3), call.Output(0), w.Count, 0));
    }

    private ulong Normalize(CudaCall call, ulong from, ulong to, int count)
    {
        call.Launches.Add("spectral_normalize_f32", new Blocks(1), new NormalizeArgs(from, to, count, Epsilon));
        return to;
    }

    private readonly record struct ProductArgs(ulong W, ulong X, ulong Y, int Outputs, int Inputs);

    private readonly record struct NormalizeArgs(ulong X, ulong Y, int Count, float Epsilon);

    private readonly record struct SigmaArgs(ulong Product, ulong U, ulong V, ulong Sigma, ulong NextU, ulong NextV, int Outputs, int Inputs);

    private readonly record struct CudaDivideArgs(ulong W, ulong Sigma, ulong Y, int Count, int Padding);
}

public sealed partial record SpectralNormalizationGrad
{
    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Shape w = call.InputShape(0);
        ulong products = call.Launches.Scratch(2L * w[0]);
        CudaArgs args = new(
            call.Input(0), call.Input(1), call.Input(2), call.Input(3), call.Input(4), products, call.Output(0), w[0], w.Count / w[0]);
        call.Launches.Add("spectral_grad_products_f32", new Blocks(w[0]), args);
        call.Launches.Add("spectral_grad_f32", new Blocks(w[0]), args);
    }

    private readonly record struct CudaArgs(
        ulong Y, ulong U, ulong V, ulong Sigma, ulong GradY, ulong Products, ulong GradW, int Outputs, int Inputs);
}
