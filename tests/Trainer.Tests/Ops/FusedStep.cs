using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops;

/// <summary>One training step as two graphs have it, from one state on the same pictures.</summary>
internal static class FusedStep
{
    // The same sums in another order.
    private const double LossTolerance = 1e-5;

    /// <summary>What of the state a step leaves, or of its loss, differs by more than a share of its length; null where nothing does.</summary>
    /// <param name="expected">The step as the network has it.</param>
    /// <param name="actual">The step that stands for it.</param>
    /// <param name="device">Runs both.</param>
    /// <param name="tolerance">‖a − b‖ / ‖b‖ of a tensor.</param>
    /// <param name="precision">Of products.</param>
    public static string? Difference(Graph expected, Graph actual, Device device, double tolerance, Precision precision = Precision.Float32)
    {
        IReadOnlyDictionary<string, Tensor> before = Run(expected, device, precision, out float loss);
        IReadOnlyDictionary<string, Tensor> after = Run(actual, device, precision, out float fusedLoss);
        if (!(Math.Abs(loss - fusedLoss) <= LossTolerance * loss))
        {
            return $"the loss is {fusedLoss}, not {loss}";
        }

        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        return before.Select(state => (state.Key, Error: Distance(after[state.Key].Span, state.Value.Span)))
            .Where(state => !(state.Error <= tolerance)).Select(state => $"{state.Key} is off by {state.Error:g3}").FirstOrDefault();
    }

    /// <summary>The state a step leaves.</summary>
    public static IReadOnlyDictionary<string, Tensor> Run(Graph graph, Device device, Precision precision, out float loss)
    {
        Value Input(string name) => graph.Inputs.Single(v => v.Name == name);
        using StateStore state = device.NewState(graph);
        // Never a network's own: behind filters that pass one channel each, a second batch norm undoes the first's gamma, whose gradient is nothing but rounding.
        state.Initialize(seed: 3, value => value.Kind == ValueKind.Parameter && value.Shape.Rank > 1 ? Initializers.HeNormal : null);
        using Plan plan = device.NewPlan(graph, state, precision: precision);
        Philox random = new(seed: 5, stream: 7);
        float[] images = new float[Input("images").Shape.Count];
        for (int i = 0; i < images.Length; i++)
        {
            images[i] = random.Normal(0, (ulong)i);
        }

        plan.Write(Input("images"), images);
        plan.Write(Input("labels"), [1, 7, 4]);
        plan.Write(Input("learning_rate"), [1f]);
        plan.Run();
        loss = plan.Read(graph.Outputs[0]).Span[0];
        return state.ReadAll();
    }

    private static double Distance(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        (double difference, double length) = (0, 0);
        for (int i = 0; i < expected.Length; i++)
        {
            difference += ((double)actual[i] - expected[i]) * ((double)actual[i] - expected[i]);
            length += (double)expected[i] * expected[i];
        }

        return Math.Sqrt(difference / Math.Max(1e-30, length));
    }
}
