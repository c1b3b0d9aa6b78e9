using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>Splits batch norm and its gradient into the half that sums over the batch and the half that maps elements.</summary>
internal sealed class NormalizationSplit(Graph graph) : GraphPass(graph)
{
    protected override bool Rewrite(Node node)
    {
        switch (node.Op)
        {
            case BatchNormalization op:
                Split(node, new BatchStatistics(op.Epsilon, op.Momentum), mapped: node.Outputs[0], k => EmitNew(new Normalize(), [Copy(node.Inputs[0]), k]));
                return true;
            case BatchNormalizationGrad:
                Split(node, new BatchStatisticsGrad(), mapped: node.Outputs[0], k => EmitNew(new NormalizeGrad(), [Copy(node.Inputs[4]), Copy(node.Inputs[0]), k]));
                return true;
            default:
                return false;
        }
    }

    // The first half has the other outputs, and the coefficients of the second half behind them.
    private void Split(Node node, Op statistics, Value mapped, Func<Value, IReadOnlyList<Value>> map)
    {
        IReadOnlyList<Value> others = [.. node.Outputs.Where(v => v != mapped)];
        IReadOnlyList<Value> results = EmitNew(
            statistics, [.. node.Inputs.Select(Copy)], [.. others.Select(v => v.Overwrites is { } state ? Copy(state) : null), null]);
        for (int i = 0; i < others.Count; i++)
        {
            Stand(others[i], results[i]);
        }

        Stand(mapped, map(results[^1])[0]);
    }
}

/// <summary>Takes the gradient through a ReLU before the gradient through the pooling behind it, where it has fewer elements to mask; and sums a bias's gradient there.</summary>
/// <remarks>A window's maximum is the ReLU's output at the position its gradient goes to, so masking by either is the same.</remarks>
internal sealed class PoolingGradientOrder(Graph graph) : GraphPass(graph)
{
    // By the gradient in front of a pooling, that behind it.
    private readonly Dictionary<Value, Value> _pooled = [];

    protected override bool Rewrite(Node node)
    {
        switch (node.Op)
        {
            case ReluGrad when Unpooled(node.Inputs[1]) is { } pooling && PoolingOf(node.Inputs[0], pooling) is { } pooled:
                Value masked = EmitNew(new ReluGrad(), [Copy(pooled), Copy(pooling.Inputs[1])])[0];
                _pooled[node.Outputs[0]] = masked;
                Stand(node.Outputs[0], EmitNew(pooling.Op, [Copy(pooling.Inputs[0]), masked])[0]);
                return true;
            case ChannelSum when _pooled.TryGetValue(node.Inputs[0], out Value? gradient):
                // Pooling hands every gradient to one pixel: the sum over all pixels is that over all windows.
                Stand(node.Outputs[0], EmitNew(node.Op, [gradient])[0]);
                return true;
            default:
                return false;
        }
    }

    private Node? Unpooled(Value gradient) => OnlyUse<ReluGrad>(gradient) is not null ? Producer<MaxPoolGrad>(gradient) : null;

    // The pooled values of a ReLU's output, where the gradient comes from that pooling.
    private Value? PoolingOf(Value relu, Node gradient) => Uses(relu)
        .FirstOrDefault(use => use.Op is MaxPool && use.Outputs[1] == gradient.Inputs[0])?.Outputs[0];
}

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
