using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Several ops computed in one: their results without the passes over memory between them.</summary>
/// <remarks>What it means is what it stands for: shapes, and the launches of a backend without a kernel of its own for it, follow from there.</remarks>
public abstract record FusedOp : Op
{
    /// <summary>Adds the ops this one stands for.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="inputs">This op's inputs.</param>
    /// <returns>This op's outputs.</returns>
    public abstract IReadOnlyList<Value> Expand(GraphBuilder graph, IReadOnlyList<Value> inputs);

    /// <summary>This op as a graph of what it stands for, whose inputs and outputs are the op's.</summary>
    public Graph Expanded(IReadOnlyList<TensorType> inputs)
    {
        GraphBuilder builder = new(Name);
        return builder.Build(Expand(builder, [.. inputs.Select((type, i) => builder.Input($"input{i}", type))]));
    }

    /// <inheritdoc/>
    public sealed override IReadOnlyList<TensorType> Infer(IReadOnlyList<TensorType> inputs) => [.. Expanded(inputs).Outputs.Select(v => v.Type)];

    /// <inheritdoc/>
    public override OpCost Cost(IReadOnlyList<TensorType> inputs, IReadOnlyList<TensorType> outputs) =>
        OpCost.Of(Expanded(inputs).Nodes.Sum(node => node.Cost.Flop), inputs, outputs);

    /// <inheritdoc/>
    public override void EmitCuda(CudaCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Graph graph = Expanded([.. call.Node.Inputs.Select(v => v.Type)]);
        Dictionary<Value, ulong> addresses = [];
        for (int i = 0; i < call.Node.Inputs.Count; i++)
        {
            if (graph.Inputs.FirstOrDefault(v => v.Name == $"input{i}") is { } input)
            {
                addresses[input] = call.Input(i);
            }
        }

        for (int i = 0; i < call.Node.Outputs.Count; i++)
        {
            addresses[graph.Outputs[i]] = call.Output(i);
        }

        foreach (Node node in graph.Nodes)
        {
            foreach (Value value in node.Outputs.Where(v => !addresses.ContainsKey(v)))
            {
                addresses[value] = call.Launches.Scratch(value.Shape.Count);
            }

            node.Op.EmitCuda(new CudaCall(node, call.Launches, v => addresses[v]));
        }
    }
}
