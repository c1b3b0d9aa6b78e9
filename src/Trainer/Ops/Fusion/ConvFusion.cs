using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Ops;

/// <summary>Moves elementwise work and sums into the convolutions that read or compute the values.</summary>
/// <remarks>
/// An operand is computed anew by every convolution that reads it, and no longer stored, where all its readers can do so. A result takes up what follows
/// as long as nobody else reads what is between.
/// </remarks>
/// <param name="graph">What is rewritten.</param>
/// <param name="readsAnew">Whether convolutions compute operands anew; else all are stored.</param>
internal sealed class ConvFusion(Graph graph, bool readsAnew) : GraphPass(graph)
{
    // Nodes whose results the convolution in front of them computes.
    private readonly HashSet<Node> _absorbed = [];

    protected override bool Rewrite(Node node)
    {
        if (_absorbed.Contains(node))
        {
            return true;
        }

        switch (node.Op)
        {
            case Conv op:
                return RewriteConv(node, op);
            case ConvGradInput op:
                GradChain started = FindChain(node);
                if (started.End == node)
                {
                    return RewriteGradInput(started, op);
                }

                // Computed where the chain ends: what the chain reads on the way is ready there.
                if (started.Add is { } add && add != started.End)
                {
                    _absorbed.Add(add);
                }

                return true;
            case Add or ReluGrad when ChainEndingAt(node) is { } chain:
                return RewriteGradInput(chain, (ConvGradInput)chain.Start.Op);
            case ConvGradWeight op:
                return RewriteGradWeight(node, op);
            case SignalMeasure:
                return RewriteMeasure(node);
            default:
                return false;
        }
    }

    private bool RewriteConv(Node node, Conv op)
    {
        Value y = node.Outputs[0];
        (ConvOperand x, IReadOnlyList<Value> inputs) = Operand(node.Inputs[0]);
        bool hasBias = node.Inputs.Count > 2;
        inputs = [.. inputs, .. node.Inputs.Skip(1)];
        if (Uses(y).FirstOrDefault(use => use.Op is BatchStatistics && use.Inputs[0] == y) is { Op: BatchStatistics statistics } sums)
        {
            FusedConv fused = new(op, x, hasBias, ConvResult.Statistics, statistics.Epsilon, statistics.Momentum);
            return Absorb(fused, [.. inputs, .. sums.Inputs.Skip(1)], [y, .. sums.Outputs], sums);
        }

        if (OnlyUse<Relu>(y) is { } relu)
        {
            Value active = relu.Outputs[0];
            return OnlyUse<MaxPool>(active) is { } activePool && IsHalving((MaxPool)activePool.Op)
                ? Absorb(new FusedConv(op, x, hasBias, ConvResult.ReluMaxPool), inputs, activePool.Outputs, relu, activePool)
                : Absorb(new FusedConv(op, x, hasBias, ConvResult.Relu), inputs, relu.Outputs, relu);
        }

        return OnlyUse<MaxPool>(y) is { } pool && IsHalving((MaxPool)pool.Op)
            ? Absorb(new FusedConv(op, x, hasBias, ConvResult.MaxPool), inputs, pool.Outputs, pool)
            : x != ConvOperand.Plain && Absorb(new FusedConv(op, x, hasBias, ConvResult.Plain), inputs, node.Outputs);
    }

    private static bool IsHalving(MaxPool op) => op.Window == Pooling2.Size && op.Stride == Pooling2.Size && op.Pad == 0;

    private bool RewriteGradInput(GradChain chain, ConvGradInput op)
    {
        (ConvOperand gradY, IReadOnlyList<Value> inputs) = Operand(chain.Start.Inputs[1]);
        inputs = [chain.Start.Inputs[0], .. inputs];
        if (chain.Add is { } add)
        {
            inputs = [.. inputs, add.Inputs.Single(v => v != chain.Start.Outputs[0])];
        }

        GradMask mask = GradMask.None;
        if (chain.Mask is { } relu)
        {
            Value output = relu.Inputs[0];
            // Who takes the sums reads the normalisation's input anyway.
            IReadOnlyList<Value>? normalized = Operand(output) is (ConvOperand.NormalizeRelu, var operands) ? operands
                : !readsAnew && chain.Sums is { } taken && Producer<NormalizeRelu>(output) is { Inputs.Count: 2 } producer && producer.Inputs[0] == taken.Inputs[0] ? producer.Inputs
                : null;
            mask = normalized is null ? GradMask.Output : GradMask.Normalized;
            inputs = [.. inputs, .. normalized ?? [output]];
        }

        bool hasStatistics = chain.Sums is not null;
        FusedConvGradInput fused = new(op, gradY, chain.Add is not null, mask, hasStatistics);
        Value result = chain.End.Outputs[0];
        return chain.Sums is { } sums
            ? Absorb(fused, [.. inputs, .. sums.Inputs.SkipLast(1)], [result, .. sums.Outputs], sums)
            : (fused is not { GradY: ConvOperand.Plain, HasSkip: false, Mask: GradMask.None }) && Absorb(fused, inputs, [result]);
    }

    private bool RewriteGradWeight(Node node, ConvGradWeight op)
    {
        (ConvOperand x, IReadOnlyList<Value> inputsX) = Operand(node.Inputs[0]);
        (ConvOperand gradY, IReadOnlyList<Value> inputsY) = Operand(node.Inputs[1]);
        return (x != ConvOperand.Plain || gradY != ConvOperand.Plain)
            && Absorb(new FusedConvGradWeight(op, x, gradY), [.. inputsX, .. inputsY], node.Outputs);
    }

    private bool RewriteMeasure(Node node)
    {
        Value value = node.Inputs[0];
        (ConvOperand x, IReadOnlyList<Value> inputs) = Operand(value);
        return x != ConvOperand.Plain && Absorb(new FusedSignalMeasure(x, value.Shape[2], value.Shape[3], (SignalMeasure)node.Op), inputs, node.Outputs);
    }

    private bool Absorb(Op fused, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs, params ReadOnlySpan<Node> absorbed)
    {
        Emit(fused, inputs, outputs);
        foreach (Node node in absorbed)
        {
            _absorbed.Add(node);
        }

        return true;
    }

    private (ConvOperand Operand, IReadOnlyList<Value> Inputs) Operand(Value value)
    {
        if (!readsAnew || IsOutput(value) || !Uses(value).All(use => Recomputes(use, value)))
        {
            return (ConvOperand.Plain, [value]);
        }

        return Producer<NormalizeRelu>(value) is { Inputs.Count: 2 } normalize ? (ConvOperand.NormalizeRelu, normalize.Inputs)
            : Producer<NormalizeGrad>(value) is { } gradient ? (ConvOperand.NormalizeGrad, gradient.Inputs)
            : Producer<MaxPoolGrad>(value) is { Op: MaxPoolGrad op } pool && op.Window == Pooling2.Size && op.Stride == Pooling2.Size && op.Pad == 0 ? (ConvOperand.Unpool, pool.Inputs)
            : (ConvOperand.Plain, [value]);
    }

    // Whether a node can read what a value is made of in its place.
    private bool Recomputes(Node use, Value value) => use.Op switch
    {
        Conv => use.Inputs[0] == value && use.Inputs.Count(v => v == value) == 1,
        ConvGradInput => use.Inputs[1] == value,
        ConvGradWeight or SignalMeasure => true,
        ReluGrad => use.Inputs[0] == value && ChainEndingAt(use) is not null,
        _ => false,
    };

    // Convolution's gradient, + another gradient, through a ReLU, summed for a batch norm: each but the last read by the next alone.
    private GradChain FindChain(Node start)
    {
        Node end = start;
        Node? add = OnlyUse<Add>(start.Outputs[0]);
        if (add is not null && add.Inputs[0] != add.Inputs[1] && IsLater(start, add))
        {
            end = add;
        }
        else
        {
            add = null;
        }

        Node? mask = OnlyUse<ReluGrad>(end.Outputs[0]);
        mask = mask is not null && mask.Inputs[1] == end.Outputs[0] && mask.Inputs[0] != end.Outputs[0] ? mask : null;
        end = mask ?? end;
        Node? sums = Uses(end.Outputs[0]).FirstOrDefault(use => use.Op is BatchStatisticsGrad && use.Inputs[4] == end.Outputs[0]);
        return new GradChain(start, add, mask, sums, end);
    }

    // Where both summands are gradients of convolutions, the later one takes up the sum.
    private bool IsLater(Node start, Node add) =>
        add.Inputs.Single(v => v != start.Outputs[0]) is var other && (Producer<ConvGradInput>(other) is not { } rival || OnlyUse<Add>(other) is null || IsBefore(rival, start));

    private GradChain? ChainEndingAt(Node end)
    {
        foreach (Value input in end.Inputs)
        {
            foreach (Node start in Starts(input))
            {
                GradChain chain = FindChain(start);
                if (chain.End == end)
                {
                    return chain;
                }
            }
        }

        return null;
    }

    private IEnumerable<Node> Starts(Value value)
    {
        if (Producer<ConvGradInput>(value) is { } direct)
        {
            yield return direct;
        }
        else if (Producer<Add>(value) is { } add)
        {
            foreach (Node start in add.Inputs.Select(v => Producer<ConvGradInput>(v)).OfType<Node>())
            {
                yield return start;
            }
        }
    }

    private sealed record GradChain(Node Start, Node? Add, Node? Mask, Node? Sums, Node End);
}
