using System.Globalization;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops.Cases;

/// <summary>One op on operands of given types, drawn from given domains. Every check of every backend runs over the same cases.</summary>
/// <param name="Op">With its attributes.</param>
/// <param name="Inputs">In the op's order.</param>
public sealed record OpCase(Op Op, params IReadOnlyList<OpInput> Inputs)
{
    /// <summary>For each output the input whose memory it replaces, or −1; empty: none is replaced.</summary>
    public IReadOnlyList<int> Replaces { get; init; } = [];

    /// <summary>Largest max|a − b| / max|b| of an output in float32 against the same formula in double.</summary>
    public double Tolerance { get; init; } = 1e-5;

    /// <summary>What the tolerance allows for.</summary>
    public string Reason { get; init; } = "sums of a few hundred terms and ten roundings of 6e-8 each";

    /// <summary>What is special about the operands.</summary>
    public string Note { get; init; } = "";

    /// <summary>Tells cases apart that only differ in their numbers.</summary>
    public int Seed { get; init; }

    /// <summary>Unique among the cases of an op: attributes, types, note.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"{OpText.Print(Op)} {string.Join(" ", Inputs.Select(i => i.Type))}{(Note.Length > 0 ? $" ({Note})" : "")} #{Seed}");

    /// <summary>The operands' elements, the same on every call.</summary>
    public IReadOnlyList<DoubleTensor> DrawInputs()
    {
        Random random = new(Seed + 1);
        return [.. Inputs.Select(input => new DoubleTensor(input.Type.Shape, input.Draw(random, input.Type)))];
    }

    /// <summary>The case as a graph of one node; operands that are replaced are buffers, the others inputs.</summary>
    public Graph ToGraph()
    {
        GraphBuilder builder = new("case");
        Value[] operands = [.. Inputs.Select((input, i) => Replaces.Contains(i)
            ? builder.Buffer(input.Name, input.Type, new Constant(0))
            : builder.Input(input.Name, input.Type))];
        Value?[]? overwrites = Replaces.Count == 0 ? null : [.. Replaces.Select(i => i < 0 ? null : operands[i])];
        return builder.Build(builder.AddAll(Op, operands, overwrites));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
