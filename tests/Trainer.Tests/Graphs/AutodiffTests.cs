using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Graphs;

/// <summary>What differentiation does with the shape of a graph; each op's own gradient is checked with its cases.</summary>
public sealed class AutodiffTests
{
    private static readonly TensorType s_type = TensorType.Vector(3);
    private readonly GraphBuilder _graph = new("g");

    [Fact]
    public void Gradients_that_meet_are_added()
    {
        Value x = _graph.Parameter("x", s_type, new Constant(0));
        Value gradient = _graph.Input("dy", s_type);
        // y = x·x + x, so dy/dx = 2x + 1.
        Value y = _graph.Add(new Add(), _graph.Add(new Mul(), x, x), x);

        Value dx = Autodiff.Differentiate(_graph, y, gradient, [x], new Add())[x];

        Assert.Equal([3, -5, 201], Run(_graph.Build(dx), dx, [1, -3, 100], [1, 1, 1]));
    }

    [Fact]
    public void A_value_the_loss_does_not_depend_on_has_no_gradient()
    {
        Value x = _graph.Parameter("x", s_type, new Constant(0));
        Value unused = _graph.Parameter("unused", s_type, new Constant(0));
        Value y = _graph.Add(new Relu(), x);

        IReadOnlyDictionary<Value, Value> gradients = Autodiff.Differentiate(_graph, y, _graph.Input("dy", s_type), [x, unused], new Add());

        Assert.Equal([x], gradients.Keys);
    }

    [Fact]
    public void Nothing_is_computed_for_branches_without_parameters()
    {
        Value images = _graph.Input("images", s_type);
        Value x = _graph.Parameter("x", s_type, new Constant(0));
        Value y = _graph.Add(new Mul(), _graph.Add(new Tanh(), images), x);
        int forward = _graph.Nodes.Count;

        Autodiff.Differentiate(_graph, y, _graph.Input("dy", s_type), [x], new Add());

        Assert.DoesNotContain(_graph.Nodes.Skip(forward), node => node.Op.Name.Contains("Tanh", StringComparison.Ordinal));
    }

    [Fact]
    public void An_op_without_a_gradient_on_the_way_is_named()
    {
        Value x = _graph.Parameter("x", s_type, new Constant(0));
        Value y = _graph.Add(new ReluGrad(), x, x);

        InvalidGraphException error = Assert.Throws<InvalidGraphException>(
            () => Autodiff.Differentiate(_graph, y, _graph.Input("dy", s_type), [x], new Add()));

        Assert.Contains("ReluGrad has no gradient", error.Message, StringComparison.Ordinal);
    }

    private static float[] Run(Graph graph, Value result, float[] x, float[] dy)
    {
        using CpuDevice device = new(1);
        using StateStore state = device.NewState(graph);
        using Plan plan = device.NewPlan(graph, state);
        state.Write("x", new Tensor(new Shape(x.Length), x));
        plan.Write(graph.Input("dy"), dy);
        plan.Run();
        float[] elements = new float[x.Length];
        plan.Read(graph.Outputs[0], elements);
        Assert.Equal(result.Name, graph.Outputs[0].Name);
        return elements;
    }
}
