using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>Joins normalisation, the sum at the end of a residual block and the ReLU behind them.</summary>
internal sealed class ActivationFusion(Graph graph) : GraphPass(graph)
{
    protected override bool Rewrite(Node node)
    {
        if (node.Op is not Relu)
        {
            return false;
        }

        Value x = node.Inputs[0];
        if (OnlyUse<Relu>(x) is null)
        {
            return false;
        }

        if (Producer<Normalize>(x) is { } normalize)
        {
            Emit(new NormalizeRelu(), normalize.Inputs, node.Outputs);
            return true;
        }

        if (Producer<Add>(x) is not { } add)
        {
            return false;
        }

        (Value a, Value b) = (add.Inputs[0], add.Inputs[1]);
        if (Normalized(a) is { } first)
        {
            Emit(new NormalizeRelu(), [.. first.Inputs, b], node.Outputs);
        }
        else if (Normalized(b) is { } second)
        {
            Emit(new NormalizeRelu(), [.. second.Inputs, a], node.Outputs);
        }
        else
        {
            Emit(new AddRelu(), [a, b], node.Outputs);
        }

        return true;
    }

    private Node? Normalized(Value x) => OnlyUse<Add>(x) is null ? null : Producer<Normalize>(x);
}
