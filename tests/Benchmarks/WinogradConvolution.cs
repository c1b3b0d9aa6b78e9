using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Benchmarks;

/// <summary>A pass of a convolution by Winograd's algorithm, even where the product would take the direct way.</summary>
/// <remarks>Inputs as of the product's op for that pass.</remarks>
internal sealed record WinogradConvolution(ConvolutionPass Pass, ConvGeometry Geometry) : Op
{
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) =>
    [
        Pass switch
        {
            ConvolutionPass.Forward => TensorType.Image(Geometry.N, Geometry.M, Geometry.P, Geometry.Q),
            ConvolutionPass.GradInput => TensorType.Image(Geometry.N, Geometry.C, Geometry.H, Geometry.W),
            _ => TensorType.Filter(Geometry.M, Geometry.C, Geometry.R, Geometry.S),
        },
    ];

    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) => OpCost.Of(0, inputs, outputs);

    public override unsafe void EmitCpu(CpuCall call)
    {
        switch (Pass)
        {
            case ConvolutionPass.Forward:
                PixelTarget y = new() { Y = call.Output(0), Channels = Geometry.M, Height = Geometry.P, Width = Geometry.Q };
                Winograd.Forward(call.Steps, Geometry, PixelSource.Plain(call.Input(0), Geometry.C), call.Input(1), y);
                break;
            case ConvolutionPass.GradInput:
                PixelTarget gradX = new() { Y = call.Output(0), Channels = Geometry.C, Height = Geometry.H, Width = Geometry.W };
                Winograd.GradInput(call.Steps, Geometry, PixelSource.Plain(call.Input(1), Geometry.M), call.Input(0), gradX);
                break;
            default:
                Winograd.GradWeight(
                    call.Steps, Geometry, PixelSource.Plain(call.Input(0), Geometry.C), PixelSource.Plain(call.Input(1), Geometry.M), call.Output(0));
                break;
        }
    }

    public override void EmitCuda(CudaCall call) => throw new NotSupportedException("Winograd's algorithm runs on the CPU alone");
}
