namespace Gimbal.Trainer.Graphs;

/// <summary>One application of an op.</summary>
/// <param name="Name">Unique in its graph: the layer's path and the op: <c>layer1.0.conv1.Conv</c>.</param>
/// <param name="Op">What is computed.</param>
/// <param name="Inputs">Operands in the op's order.</param>
/// <param name="Outputs">Results in the op's order.</param>
public sealed record Node(string Name, Op Op, IReadOnlyList<Value> Inputs, IReadOnlyList<Value> Outputs)
{
    /// <summary>What the op has to do here.</summary>
    public OpCost Cost => Op.Cost([.. Inputs.Select(v => v.Type)], [.. Outputs.Select(v => v.Type)]);

    /// <summary>Prints <c>y = Relu(x)</c>.</summary>
    public override string ToString() =>
        $"{string.Join(", ", Outputs.Select(v => v.Name))} = {Op.Name}({string.Join(", ", Inputs.Select(v => v.Name))})";
}
