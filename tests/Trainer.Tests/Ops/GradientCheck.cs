using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tests.Ops.Cases;
using Gimbal.Trainer.Tests.Ops.Reference;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>Compares the gradient graph an op builds with differences of L = Σ w·y, both in double.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-4;

    // Differences of sums of order 1 carry a noise of 1e-12; a gradient that is zero everywhere is compared with this instead of itself.
    private const double LeastScale = 1e-3;

    /// <summary>For each operand that has a gradient, how far it is from the differences.</summary>
    public static IReadOnlyDictionary<string, double> Errors(OpCase opCase)
    {
        GraphBuilder builder = new("gradient");
        Value[] operands = [.. opCase.Inputs.Select(input => builder.Input(input.Name, input.Type))];
        Value y = builder.Add(opCase.Op, operands);
        Value gradY = builder.Input("weights", y.Type);
        IReadOnlyDictionary<Value, Value> gradients = Autodiff.Differentiate(builder, y, gradY, operands, new Add());
        string[] names = [.. operands.Where(gradients.ContainsKey).Select(v => v.Name)];
        Assert.Equal(opCase.Inputs.Where(i => i.HasGradient).Select(i => i.Name), names);
        Graph graph = builder.Build([y, .. operands.Where(gradients.ContainsKey).Select(v => gradients[v])]);

        Dictionary<string, DoubleTensor> given = opCase.Inputs.Zip(opCase.DrawInputs()).ToDictionary(p => p.First.Name, p => p.Second);
        DoubleTensor weights = new(y.Shape, Domain.Normal()(new Random(opCase.Seed), y.Type));
        given["weights"] = weights;
        IReadOnlyDictionary<Value, DoubleTensor> values = DoubleInterpreter.Run(graph, given);
        double Loss() => ReferenceOps.Evaluate(
            opCase.Op, [.. opCase.Inputs.Select(i => i.Type)], [.. opCase.Inputs.Select(i => given[i.Name])])[0].Zip(weights, (a, w) => a * w).Values.Sum();
        return names.Select((name, i) => (name, Error: Error(values[graph.Outputs[i + 1]].Values, Differences(given[name].Values, Loss))))
            .ToDictionary(p => p.name, p => p.Error);
    }

    /// <summary>dL/dx by central differences.</summary>
    public static double[] Differences(double[] x, Func<double> loss)
    {
        double[] differences = new double[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            double middle = x[i];
            x[i] = middle + Step;
            double above = loss();
            x[i] = middle - Step;
            differences[i] = (above - loss()) / (2 * Step);
            x[i] = middle;
        }

        return differences;
    }

    /// <summary>Largest difference, relative to the largest element.</summary>
    public static double Error(double[] gradient, double[] differences) =>
        gradient.Zip(differences, (a, b) => Math.Abs(a - b)).Max() / Math.Max(differences.Max(Math.Abs), LeastScale);
}
