using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>Splits batch norm and its gradient into the half that sums over the batch, or takes its statistics as they are, and the half that maps elements.</summary>
internal sealed class NormalizationSplit(Graph graph) : GraphPass(graph)
{
    protected override bool Rewrite(Node node)
    {
        switch (node.Op)
        {
            case BatchNormalization op:
                Split(node, new BatchStatistics(op.Epsilon, op.Momentum), mapped: node.Outputs[0], k => EmitNew(new Normalize(), [Copy(node.Inputs[0]), k]));
                return true;
            case FrozenBatchNormalization op:
                Stand(node.Outputs[0], EmitNew(new Normalize(), [Copy(node.Inputs[0]), EmitNew(new FrozenStatistics(op.Epsilon), [.. node.Inputs.Skip(1).Select(Copy)])[0]])[0]);
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
