using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>Conventions the field does not agree on: the cases must tell ours from the other one.</summary>
public sealed class OpConventionTests : IDisposable
{
    // A case that tells two conventions apart by less would let half of the wrong one through.
    private const double Distinct = 10;

    private readonly ThreadTeam _team = new(1);

    [Fact]
    public void Running_variance_is_unbiased() => AssertSomeCaseRefuses<BatchNormalization>((op, x) =>
    {
        IReadOnlyList<DoubleTensor> y = ReferenceOps.Evaluate(op, [], x);
        double n = x[0].Shape.Count / x[1].Shape.Count;
        DoubleTensor biased = y[4].Zip(x[4], (next, old) => (((next - ((1 - (double)op.Momentum) * old)) * (n - 1)) / n) + ((1 - (double)op.Momentum) * old));
        return [.. y.Take(4), biased];
    });

    [Fact]
    public void Momentum_is_the_share_of_the_batch() => AssertSomeCaseRefuses<BatchNormalization>(
        (op, x) => ReferenceOps.Evaluate(op with { Momentum = 1 - op.Momentum }, [], x));

    [Fact]
    public void The_batch_is_normalised_with_the_biased_variance() => AssertSomeCaseRefuses<BatchNormalization>((op, x) =>
    {
        IReadOnlyList<DoubleTensor> y = ReferenceOps.Evaluate(op, [], x);
        double n = x[0].Shape.Count / x[1].Shape.Count;
        return [y[0], y[1], y[2].Map(inverse => inverse * Math.Sqrt((n - 1) / n)), y[3], y[4]];
    });

    [Fact]
    public void Epsilon_stands_inside_the_root_of_batch_normalisation() => AssertSomeCaseRefuses<BatchNormalization>((op, x) =>
    {
        IReadOnlyList<DoubleTensor> y = ReferenceOps.Evaluate(op, [], x);
        return [y[0], y[1], y[2].Map(inverse => 1 / (Math.Sqrt((1 / (inverse * inverse)) - op.Epsilon) + op.Epsilon)), y[3], y[4]];
    });

    [Fact]
    public void The_first_of_equal_values_is_the_largest() => AssertSomeCaseRefuses<MaxPool>((op, x) =>
        ReferenceOps.Evaluate(op, [], [new DoubleTensor(x[0].Shape, [.. x[0].Values.Select((value, i) => value + (i * 1e-9))])]));

    [Fact]
    public void Averages_count_padding_only_if_told_to() => AssertSomeCaseRefuses<AveragePool>((op, x) => ReferenceOps.Evaluate(
        op with { Counting = op.Counting == PadCounting.Included ? PadCounting.Excluded : PadCounting.Included }, [], x));

    [Fact]
    public void Dropout_scales_what_it_keeps() => AssertSomeCaseRefuses<Dropout>((op, x) =>
        [ReferenceOps.Evaluate(op, [], x)[0].Map(y => y * (1 - (double)op.Probability))]);

    [Fact]
    public void Dropout_counts_in_logical_order() => AssertSomeCaseRefuses<Dropout>((op, x) =>
    {
        if (x[0].Shape.Rank != 4)
        {
            return ReferenceOps.Evaluate(op with { Stream = op.Stream ^ 1 }, [], x);
        }

        Shape s = x[0].Shape;
        DoubleTensor channelsLast = DoubleTensor.Image(new Shape(s[0], s[2], s[3], s[1]), (n, h, w, c) => x[0][n, c, h, w]);
        DoubleTensor y = ReferenceOps.Evaluate(op, [], [channelsLast, x[1]])[0];
        return [DoubleTensor.Image(s, (n, c, h, w) => y[n, h, w, c])];
    });

    [Fact]
    public void The_loss_is_divided_by_the_weights_of_the_labels() => AssertSomeCaseRefuses<SoftmaxCrossEntropy>((op, x) =>
    {
        IReadOnlyList<DoubleTensor> y = ReferenceOps.Evaluate(op, [], x);
        int rows = x[1].Values.Count(label => label >= 0);
        double weights = x[1].Values.Where(label => label >= 0).Sum(label => x.Count > 2 ? x[2][(int)label] : 1);
        return [y[0].Map(loss => loss * weights / Math.Max(rows, 1)), y[1], y[2]];
    });

    [Fact]
    public void A_convolution_does_not_turn_its_filter() => AssertSomeCaseRefuses<Conv>((op, x) =>
    {
        Shape w = x[1].Shape;
        DoubleTensor turned = DoubleTensor.Image(w, (m, c, r, s) => x[1][m, c, w[2] - 1 - r, w[3] - 1 - s]);
        return ReferenceOps.Evaluate(op, [], [x[0], turned, .. x.Skip(2)]);
    });

    public void Dispose() => _team.Dispose();

    // Where a case does not depend on the convention (no padding, one class) the two agree; at least one case must.
    private void AssertSomeCaseRefuses<TOp>(Func<TOp, IReadOnlyList<DoubleTensor>, IReadOnlyList<DoubleTensor>> other)
        where TOp : Op
    {
        IEnumerable<OpCase> cases = AllOps.Cases.Values.Where(c => c.Op is TOp);
        Assert.Contains(cases, c => Distance(c, other((TOp)c.Op, c.DrawInputs())) > Distinct * c.Tolerance);
    }

    private double Distance(OpCase opCase, IReadOnlyList<DoubleTensor> expected)
    {
        using KernelRun run = new(opCase);
        return run.Run(_team).Select((y, i) => RelativeError.Of(run.ToNumbers(i, y), expected[i].Values)).Max();
    }
}
