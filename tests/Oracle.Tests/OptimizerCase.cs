using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Oracle.Tests;

/// <summary>One optimiser with one clipping on a few parameters: where they start, and the gradients and rates of every step.</summary>
internal sealed class OptimizerCase
{
    public const int Steps = 20;

    // Rank 1 is free of weight decay; 600 elements do not fill whole vectors.
    private static readonly TensorType[] s_types =
        [TensorType.Vector(5), TensorType.Matrix(3, 200), TensorType.Filter(8, 2, 3, 3), TensorType.Matrix(1, 1)];

    public OptimizerCase(Optimizer optimizer, GradientClip clip, Random random)
    {
        (Optimizer, Clip) = (optimizer, clip);
        double size = Math.Pow(10, -1 + (2 * random.NextDouble()));
        // Small, so that the way a parameter goes does not hide behind where it starts.
        Start = [.. s_types.Select(type => random.Normal(type.Shape, 0.1))];
        Gradients = [.. Enumerable.Range(0, Steps).Select(_ => s_types.Select(type => random.Normal(type.Shape, size)).ToArray())];
        Rates = [.. Enumerable.Range(0, Steps).Select(_ => (float)(0.02 + (0.1 * random.NextDouble())))];
    }

    public Optimizer Optimizer { get; }

    public GradientClip Clip { get; }

    public float[][] Start { get; }

    public float[][][] Gradients { get; }

    public float[] Rates { get; }

    public static Shape ShapeOf(int parameter) => s_types[parameter].Shape;

    /// <summary>What weight decay a parameter gets.</summary>
    public double DecayOf(int parameter) => s_types[parameter].Shape.Rank > 1 ? Optimizer.WeightDecay : 0;

    /// <summary>The parameters after all steps in the product: norm, count and update as a training step has them.</summary>
    public float[][] RunProduct()
    {
        ProductGraph product = new();
        GraphBuilder builder = product.Builder;
        IReadOnlyList<Value> parameters = [.. s_types.Select((type, i) => product.Buffer($"w{i}", type, Start[i]))];
        IReadOnlyList<Value> gradients = [.. s_types.Select((type, i) => product.Input($"g{i}", type, Gradients[0][i]))];
        ParameterUpdate update = Optimizer.ToUpdate(Clip);
        IReadOnlyList<Value> states = [.. update.StateNames.SelectMany(name =>
            s_types.Select((type, i) => builder.Buffer($"{name}{i}", type, new Constant(0))))];
        Value norm = builder.Add(new GradientNorm(), gradients);
        Value count = builder.Buffer("count", TensorType.Vector(1), new Constant(0));
        Value next = builder.AddAll(new StepCount(), [count, norm], [count])[0];
        Value rate = product.Input("rate", TensorType.Vector(1), [0f]);
        builder.AddAll(update, [next, norm, rate, .. parameters, .. gradients, .. states], [.. parameters, .. states]);

        using ProductPlan plan = product.Plan(parameters);
        float[][] results = [];
        for (int step = 0; step < Steps; step++)
        {
            plan.Write("rate", [Rates[step]]);
            for (int i = 0; i < s_types.Length; i++)
            {
                plan.Write($"g{i}", Gradients[step][i]);
            }

            results = plan.Run();
        }

        return results;
    }

    public override string ToString() => $"{Optimizer}, {Clip}";
}
