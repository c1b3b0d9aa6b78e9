using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Oracle.Tests;

/// <summary>A graph of the product under construction, with the elements its inputs and states start from.</summary>
internal sealed class ProductGraph
{
    private readonly Dictionary<string, Array> _inputs = [];
    private readonly Dictionary<string, Tensor> _states = [];

    /// <summary>Where nodes are added.</summary>
    public GraphBuilder Builder { get; } = new("oracle");

    /// <summary>Declares an input with its elements in logical order.</summary>
    public Value Input(string name, TensorType type, float[] elements)
    {
        _inputs[name] = elements;
        return Builder.Input(name, type);
    }

    /// <summary>Declares an input of integers.</summary>
    public Value Input(string name, TensorType type, int[] elements)
    {
        _inputs[name] = elements;
        return Builder.Input(name, type with { Element = ElementType.Int32 });
    }

    /// <summary>Declares a state that starts with these elements.</summary>
    public Value Buffer(string name, TensorType type, float[] elements)
    {
        _states[name] = new Tensor(type.Shape, [.. elements]);
        return Builder.Buffer(name, type, new Constant(0));
    }

    /// <summary>Plans the graph and runs it once.</summary>
    /// <param name="outputs">What to read; states are read after the run.</param>
    /// <returns>Their elements in logical order.</returns>
    public float[][] Run(params IReadOnlyList<Value> outputs)
    {
        using ProductPlan plan = Plan(outputs);
        return plan.Run();
    }

    /// <summary>Plans the graph, to be run several times.</summary>
    public ProductPlan Plan(params IReadOnlyList<Value> outputs)
    {
        Graph graph = Builder.Build([.. outputs.Where(v => !v.IsState)]);
        ProductPlan plan = new(graph, outputs);
        foreach ((string name, Tensor tensor) in _states)
        {
            plan.State.Write(name, tensor);
        }

        foreach (Value input in graph.Inputs)
        {
            if (_inputs[input.Name] is int[] integers)
            {
                plan.Plan.Write(input, integers);
            }
            else
            {
                plan.Write(input.Name, (float[])_inputs[input.Name]);
            }
        }

        return plan;
    }
}

/// <summary>A planned graph with its state.</summary>
internal sealed class ProductPlan : IDisposable
{
    // Shared, because starting threads takes longer than most graphs run; two of them, so that chunks really run side by side.
    private static readonly CpuDevice s_device = new(2);

    private readonly IReadOnlyList<Value> _outputs;

    public ProductPlan(Graph graph, IReadOnlyList<Value> outputs)
    {
        _outputs = outputs;
        State = s_device.NewState(graph);
        Plan = s_device.NewPlan(graph, State);
    }

    public StateStore State { get; }

    public Plan Plan { get; }

    public void Write(string input, ReadOnlySpan<float> elements) => Plan.Write(Plan.Graph.Input(input), elements);

    /// <summary>Runs once and reads the outputs and states that were asked for.</summary>
    public float[][] Run()
    {
        Plan.Run();
        Queue<Value> results = new(Plan.Graph.Outputs);
        return [.. _outputs.Select(v => (v.IsState ? State.Read(v.Name) : Plan.Read(results.Dequeue())).Span.ToArray())];
    }

    public void Dispose()
    {
        Plan.Dispose();
        State.Dispose();
    }
}
