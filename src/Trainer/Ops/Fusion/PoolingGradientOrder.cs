using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

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
