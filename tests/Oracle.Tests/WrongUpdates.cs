using Gimbal.Trainer.Optimizers;
using static TorchSharp.torch;

namespace Gimbal.Oracle.Tests;

/// <summary>One element's update in double; the states start at zero.</summary>
/// <param name="o">Hyper-parameters.</param>
/// <param name="w">The weight.</param>
/// <param name="g">Its gradient.</param>
/// <param name="decay">Weight decay of this parameter.</param>
/// <param name="rate">Learning rate of this step.</param>
/// <param name="t">Number of this step, from 1.</param>
/// <param name="a">First state.</param>
/// <param name="b">Second state.</param>
/// <returns>The new weight.</returns>
internal delegate double UpdateFormula<in TOptimizer>(TOptimizer o, double w, double g, double decay, double rate, int t, ref double a, ref double b)
    where TOptimizer : Optimizer;

/// <summary>An update written out element by element.</summary>
internal abstract class UpdateRule
{
    /// <summary>The parameters after all steps.</summary>
    public abstract Tensor[] Run(OptimizerCase configuration);

    public static UpdateRule Of<TOptimizer>(UpdateFormula<TOptimizer> formula)
        where TOptimizer : Optimizer => new Elementwise<TOptimizer>(formula);

    private sealed class Elementwise<TOptimizer>(UpdateFormula<TOptimizer> formula) : UpdateRule
        where TOptimizer : Optimizer
    {
        public override Tensor[] Run(OptimizerCase configuration) =>
            [.. configuration.Start.Select((values, p) =>
                tensor(values.Select((value, i) => Follow(configuration, p, i, value)).ToArray()).view_as(values.Torch(OptimizerCase.ShapeOf(p))))];

        private double Follow(OptimizerCase configuration, int parameter, int element, double w)
        {
            (double a, double b) = (0, 0);
            for (int step = 0; step < OptimizerCase.Steps; step++)
            {
                double gradient = configuration.Gradients[step][parameter][element];
                w = formula((TOptimizer)configuration.Optimizer, w, gradient, configuration.DecayOf(parameter), configuration.Rates[step], step + 1, ref a, ref b);
            }

            return w;
        }
    }
}

/// <summary>The optimisers in conventions other than PyTorch's, which the comparison must tell apart, and in PyTorch's own.</summary>
internal static class WrongUpdates
{
    public static UpdateRule Sgd { get; } = UpdateRule.Of((Sgd o, double w, double g, double decay, double rate, int t, ref double v, ref double _) =>
    {
        g += decay * w;
        v = (o.Momentum * v) + g;
        return w - (rate * (o.Nesterov ? g + (o.Momentum * v) : v));
    });

    // Sutskever's and Caffe's form: a change of the rate reaches old gradients late.
    public static UpdateRule SgdWithRateInVelocity { get; } = UpdateRule.Of((Sgd o, double w, double g, double decay, double rate, int t, ref double v, ref double _) =>
    {
        g += decay * w;
        v = (o.Momentum * v) + (rate * g);
        return w - (o.Nesterov ? (rate * g) + (o.Momentum * v) : v);
    });

    public static UpdateRule SgdDampedFromTheFirstStep { get; } = UpdateRule.Of((Sgd o, double w, double g, double decay, double rate, int t, ref double v, ref double _) =>
    {
        g += decay * w;
        v = (o.Momentum * v) + ((1 - o.Momentum) * g);
        return w - (rate * (o.Nesterov ? g + (o.Momentum * v) : v));
    });

    public static UpdateRule Adam { get; } = UpdateRule.Of((Adam o, double w, double g, double decay, double rate, int t, ref double m, ref double v) =>
    {
        Average(o.Beta1, o.Beta2, g + (decay * w), ref m, ref v);
        return w - (rate * Corrected(m, o.Beta1, t) / (Math.Sqrt(Corrected(v, o.Beta2, t)) + o.Epsilon));
    });

    public static UpdateRule AdamWithEpsilonInsideTheRoot { get; } = UpdateRule.Of((Adam o, double w, double g, double decay, double rate, int t, ref double m, ref double v) =>
    {
        Average(o.Beta1, o.Beta2, g + (decay * w), ref m, ref v);
        return w - (rate * Corrected(m, o.Beta1, t) / Math.Sqrt(Corrected(v, o.Beta2, t) + o.Epsilon));
    });

    // The "epsilon hat" of Kingma and Ba, section 2, and of ONNX.
    public static UpdateRule AdamWithEpsilonBeforeCorrection { get; } = UpdateRule.Of((Adam o, double w, double g, double decay, double rate, int t, ref double m, ref double v) =>
    {
        Average(o.Beta1, o.Beta2, g + (decay * w), ref m, ref v);
        return w - (rate * Corrected(m, o.Beta1, t) * Math.Sqrt(1 - Math.Pow(o.Beta2, t)) / (Math.Sqrt(v) + o.Epsilon));
    });

    public static UpdateRule AdamWithCoupledDecay { get; } = UpdateRule.Of((AdamW o, double w, double g, double decay, double rate, int t, ref double m, ref double v) =>
    {
        Average(o.Beta1, o.Beta2, g + (decay * w), ref m, ref v);
        return w - (rate * Corrected(m, o.Beta1, t) / (Math.Sqrt(Corrected(v, o.Beta2, t)) + o.Epsilon));
    });

    public static UpdateRule Rmsprop { get; } = UpdateRule.Of((Rmsprop o, double w, double g, double decay, double rate, int t, ref double s, ref double b) =>
    {
        g += decay * w;
        s = (o.Alpha * s) + ((1 - o.Alpha) * g * g);
        b = (o.Momentum * b) + (g / (Math.Sqrt(s) + o.Epsilon));
        return w - (rate * b);
    });

    // The form of TensorFlow 1 and Keras.
    public static UpdateRule RmspropWithEpsilonInsideTheRoot { get; } = UpdateRule.Of((Rmsprop o, double w, double g, double decay, double rate, int t, ref double s, ref double b) =>
    {
        g += decay * w;
        s = (o.Alpha * s) + ((1 - o.Alpha) * g * g);
        b = (o.Momentum * b) + (g / Math.Sqrt(s + o.Epsilon));
        return w - (rate * b);
    });

    private static void Average(double beta1, double beta2, double g, ref double m, ref double v)
    {
        m = (beta1 * m) + ((1 - beta1) * g);
        v = (beta2 * v) + ((1 - beta2) * g * g);
    }

    private static double Corrected(double average, double beta, int t) => average / (1 - Math.Pow(beta, t));
}
