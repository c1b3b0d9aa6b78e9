using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Optimisers element by element, in the words of PyTorch's documentation.</summary>
internal static class UpdateReference
{
    /// <summary>A weight, its gradient and its two states become a weight and two states.</summary>
    public delegate (double W, double First, double Second) Formula(double w, double g, double first, double second, double decay);

    /// <summary>The optimiser's formula for a learning rate and a count of updates.</summary>
    public static Formula Of(ParameterUpdate op, double lr, double t) => op switch
    {
        SgdUpdate sgd => (w, g, buf, _, decay) => Sgd(sgd, lr, w, g + (decay * w), buf),
        AdamUpdate { Form: DecayForm.Coupled } adam => (w, g, m, v, decay) => Adam(adam, lr, t, w, g + (decay * w), m, v),
        AdamUpdate adam => (w, g, m, v, decay) => Adam(adam, lr, t, w - (lr * decay * w), g, m, v),
        RmspropUpdate rmsprop => (w, g, square, buf, decay) => Rmsprop(rmsprop, lr, w, g + (decay * w), square, buf),
        _ => throw new ArgumentException($"{op.Name} has no formula", nameof(op)),
    };

    /// <summary>The outputs of an update whose formula may be another than the documented one.</summary>
    public static IReadOnlyList<DoubleTensor> Apply(ParameterUpdate op, IReadOnlyList<DoubleTensor> inputs, Formula formula)
    {
        int states = op.StateNames.Count;
        int count = (inputs.Count - ParameterUpdate.Scalars) / (2 + states);
        DoubleTensor[][] groups = [.. inputs.Skip(ParameterUpdate.Scalars).Chunk(count)];
        double norm = inputs[1][0];
        DoubleTensor[][] results = [.. groups.Where((_, i) => i != 1).Select(group => group.Select(t => new DoubleTensor(t.Shape, [.. t.Values])).ToArray())];
        for (int i = 0; i < count && double.IsFinite(norm); i++)
        {
            double decay = groups[0][i].Shape.Rank > 1 ? op.WeightDecay : 0;
            for (int j = 0; j < groups[0][i].Shape.Count; j++)
            {
                double first = states > 0 ? groups[2][i][j] : 0;
                double second = states > 1 ? groups[3][i][j] : 0;
                double[] updated = [.. Listed(formula(groups[0][i][j], Clip(op.Clip, groups[1][i][j], norm), first, second, decay))];
                for (int k = 0; k <= states; k++)
                {
                    results[k][i][j] = updated[k];
                }
            }
        }

        return op.Norms == UpdateNorms.Taken ? [.. results.SelectMany(group => group), NormsOf(groups[0], results[0])] : [.. results.SelectMany(group => group)];
    }

    private static DoubleTensor NormsOf(DoubleTensor[] before, DoubleTensor[] after) => new(
        new Shape(2, before.Length),
        [
            .. before.Select(x => Norm(x.Values)),
            .. before.Zip(after, (x, y) => Norm(x.Values.Zip(y.Values, (a, b) => b - a))),
        ]);

    public static IReadOnlyList<DoubleTensor> Average(EmaUpdate op, IReadOnlyList<DoubleTensor> inputs)
    {
        double t = inputs[0][0];
        double decay = Math.Min(op.Decay, (1 + t) / (10 + t));
        int count = (inputs.Count - 1) / 2;
        return [.. Enumerable.Range(1, count).Select(i => inputs[i + count].Zip(inputs[i], (average, w) => (decay * average) + ((1 - decay) * w)))];
    }

    public static DoubleTensor ClipUnits(AdaptiveClip op, DoubleTensor w, DoubleTensor g)
    {
        int unit = w.Shape.Rank > 1 ? w.Shape.Count / w.Shape[0] : w.Shape.Count;
        IEnumerable<double> clipped = w.Values.Chunk(unit).Zip(g.Values.Chunk(unit), (ofW, ofG) =>
        {
            double largest = op.Limit * Math.Max(Norm(ofW), 1e-3);
            return ofG.Select(x => x * (Norm(ofG) > largest ? largest / Norm(ofG) : 1));
        }).SelectMany(x => x);
        return new(w.Shape, [.. clipped]);
    }

    public static IReadOnlyList<DoubleTensor> Norms(IReadOnlyList<DoubleTensor> inputs) =>
    [
        LossReference.Scalar(Norm(inputs.SelectMany(x => x.Values))),
        new(new Shape(inputs.Count), [.. inputs.Select(x => Norm(x.Values))]),
    ];

    private static (double W, double First, double Second) Sgd(SgdUpdate op, double lr, double w, double g, double buf)
    {
        buf = (op.Momentum * buf) + g;
        return (w - (lr * (op.Form == MomentumForm.Nesterov ? g + (op.Momentum * buf) : buf)), buf, 0);
    }

    private static (double W, double First, double Second) Adam(AdamUpdate op, double lr, double t, double w, double g, double m, double v)
    {
        m = (op.Beta1 * m) + ((1 - (double)op.Beta1) * g);
        v = (op.Beta2 * v) + ((1 - (double)op.Beta2) * g * g);
        double meanHat = m / (1 - Math.Pow(op.Beta1, t));
        double squareHat = v / (1 - Math.Pow(op.Beta2, t));
        return (w - (lr * meanHat / (Math.Sqrt(squareHat) + op.Epsilon)), m, v);
    }

    private static (double W, double First, double Second) Rmsprop(RmspropUpdate op, double lr, double w, double g, double square, double buf)
    {
        square = (op.Alpha * square) + ((1 - (double)op.Alpha) * g * g);
        buf = (op.Momentum * buf) + (g / (Math.Sqrt(square) + op.Epsilon));
        return (w - (lr * buf), square, buf);
    }

    private static double Clip(GradientClip clip, double g, double norm) => clip.Mode switch
    {
        ClipMode.Norm => g * Math.Min(1, clip.Limit / (norm + 1e-6)),
        ClipMode.Value => Math.Clamp(g, -clip.Limit, clip.Limit),
        _ => g,
    };

    private static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(x => x * x));

    private static IEnumerable<double> Listed((double W, double First, double Second) values) => [values.W, values.First, values.Second];
}
