using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>One operand of a case.</summary>
/// <param name="Name">As in the op's documentation.</param>
/// <param name="Type">Shape, axes, elements.</param>
/// <param name="Draw">Makes the elements, in logical order; all are exact in the operand's element type.</param>
/// <param name="HasGradient">Whether the op differentiates with respect to it.</param>
public sealed record OpInput(string Name, TensorType Type, Func<Random, TensorType, double[]> Draw, bool HasGradient = true);
