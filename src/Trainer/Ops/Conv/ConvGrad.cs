using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>dL/dx of <see cref="Conv"/>: inputs w [M,C/groups,R,S], gradY [N,M,P,Q] → gradX [N,C,H,W].</summary>
/// <param name="Forward">The convolution.</param>
/// <param name="H">Rows of x, which the shape of gradY leaves open when the stride skips some.</param>
/// <param name="W">Columns of x.</param>
public sealed record ConvGradInput(Conv Forward, int H, int W) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Shape gradY = Rule.Image(this, inputs[1]);
        TensorType x = TensorType.Image(gradY[0], inputs[0].Shape[1] * Forward.Groups, H, W);
        Rule.Require(Forward.Infer([x, inputs[0]])[0] == inputs[1], this, $"gradY {gradY} is not what {x} convolved with {inputs[0]} gives");
        return [x];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * inputs[1].Shape.Count * inputs[0].Shape.Count / inputs[0].Shape[0], inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Convolution.GradInput(
        call.Steps, Forward.Geometry(call.OutputShape(0), call.InputShape(0)), call.Input(1), call.Input(0), call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => CudaConvolution.GradInput(
        call.Launches, Forward.CudaGeometry(call.OutputShape(0), call.InputShape(0)), call.Input(1), call.Input(0), call.Output(0));
}

/// <summary>dL/dw of <see cref="Conv"/>: inputs x [N,C,H,W], gradY [N,M,P,Q] → gradW [M,C/groups,R,S].</summary>
/// <param name="Forward">The convolution.</param>
/// <param name="R">Rows of the filter.</param>
/// <param name="S">Columns of the filter.</param>
public sealed record ConvGradWeight(Conv Forward, int R, int S) : Op
{
    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        (Shape x, Shape gradY) = (Rule.Image(this, inputs[0]), Rule.Image(this, inputs[1]));
        TensorType w = TensorType.Filter(gradY[1], x[1] / Forward.Groups, R, S);
        Rule.Require(Forward.Infer([inputs[0], w])[0] == inputs[1], this, $"gradY {gradY} is not what {x} convolved with {w} gives");
        return [w];
    }

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * inputs[1].Shape.Count * outputs[0].Shape.Count / outputs[0].Shape[0], inputs, outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Convolution.GradWeight(
        call.Steps, Forward.Geometry(call.InputShape(0), call.OutputShape(0)), call.Input(0), call.Input(1), call.Output(0));

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call) => CudaConvolution.GradWeight(
        call.Launches, Forward.CudaGeometry(call.InputShape(0), call.OutputShape(0)), call.Input(0), call.Input(1), call.Output(0));
}
