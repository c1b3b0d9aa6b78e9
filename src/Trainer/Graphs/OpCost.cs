using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Graphs;

/// <summary>What an op has to do whoever computes it: the arithmetic of its textbook formula, and the memory traffic of its tensors.</summary>
/// <remarks>
/// A multiply-add is two operations; an exponential, a root, a division or a comparison is one. Convolutions count as direct convolutions, the field's habit, padding included,
/// so that a kernel that needs less arithmetic (Winograd's) shows up as more than the machine's peak instead of hiding what it saves.
/// </remarks>
/// <param name="Flop">Floating-point operations.</param>
/// <param name="Bytes">Read and written.</param>
public readonly record struct OpCost(long Flop, long Bytes)
{
    /// <summary>So many operations, and every tensor passes through memory once.</summary>
    public static OpCost Of(long flop, IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        new(flop, (Elements(inputs) + Elements(outputs)) * sizeof(float));

    /// <summary>Number of elements of all tensors together.</summary>
    public static long Elements(IEnumerable<TensorType> tensors) => tensors.Sum(tensor => (long)tensor.Shape.Count);

    /// <summary>Both together.</summary>
    public static OpCost operator +(OpCost left, OpCost right) => new(left.Flop + right.Flop, left.Bytes + right.Bytes);
}
