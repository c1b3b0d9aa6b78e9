using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>What a tensor looks like in six numbers [6]: RMS, largest magnitude, share of zeros, share beyond 0.97 in magnitude, share of dead units, number of elements that are not finite.</summary>
/// <remarks>
/// Input: images [N,C,H,W] or vectors [N,C]. A unit is a channel; it is dead where it is 0 in every image looked at. An infinite element makes the RMS and the largest magnitude infinite,
/// one that is not a number makes them not a number; both count as beyond 0.97. Squares are summed in double, for gradients may be smaller than the root of the smallest float,
/// in chunks of fixed size, the chunks in order.
/// </remarks>
/// <param name="Images">
/// How many images of the batch are looked at, the last ones; 0: all. The others might as well not be there. The last are what was computed last: they are still in the caches.
/// </param>
public sealed partial record SignalMeasure(int Images = 0) : Op
{
    /// <summary>How many numbers describe a tensor.</summary>
    public const int Numbers = 6;

    /// <summary>A sigmoid or a hyperbolic tangent beyond this magnitude hardly passes a gradient on.</summary>
    private const float SaturatedFrom = 0.97f;

    /// <inheritdoc/>
    public override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs)
    {
        Rule.Require(inputs is [{ Shape.Rank: 2 or 4, Element: ElementType.Float32 }], this, "one tensor [N,C,H,W] or [N,C] is measured");
        return [TensorType.Vector(Numbers)];
    }

    /// <inheritdoc/>
    /// <remarks>For each element: a multiply-add; comparisons and counts are not floating-point operations.</remarks>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(2L * Measured(inputs[0].Shape).Count, [inputs[0].With(Measured(inputs[0].Shape))], outputs);

    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape x = call.InputShape(0);
        Emit(call, PixelSource.Plain(call.Input(0), x[1]), x, Measured(x).Count);
    }

    /// <summary>The part of a tensor that is looked at.</summary>
    internal Shape Measured(Shape x) => Images == 0 || Images >= x[0] ? x
        : x.Rank == 4 ? new Shape(Images, x[1], x[2], x[3])
        : new Shape(Images, x[1]);
}
