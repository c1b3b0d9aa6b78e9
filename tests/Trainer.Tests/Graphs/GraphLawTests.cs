using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Graphs;

/// <summary>A graph that breaks the law is never made, and the message names the node.</summary>
public sealed class GraphLawTests
{
    private static readonly TensorType s_type = TensorType.Vector(4);

    [Fact]
    public void A_state_is_not_read_after_it_was_replaced()
    {
        GraphBuilder graph = new("late");
        Value state = graph.Buffer("state", s_type, new Constant(0));
        graph.AddAll(new Relu(), [state], [state]);
        Value late = graph.Add(new Relu(), state);

        InvalidGraphException error = Assert.Throws<InvalidGraphException>(() => graph.Build(late));

        Assert.Contains("reads state after it was replaced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_is_replaced_once()
    {
        GraphBuilder graph = new("twice");
        Value state = graph.Buffer("state", s_type, new Constant(0));
        Value input = graph.Input("x", s_type);
        graph.AddAll(new Relu(), [input], [state]);
        graph.AddAll(new Tanh(), [input], [state]);

        InvalidGraphException error = Assert.Throws<InvalidGraphException>(() => graph.Build(input));

        Assert.Contains("replaces state a second time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_replaces_only_a_state_of_its_own_type()
    {
        GraphBuilder graph = new("type");
        Value state = graph.Buffer("state", TensorType.Vector(5), new Constant(0));
        graph.AddAll(new Relu(), [graph.Input("x", s_type)], [state]);

        Assert.Throws<InvalidGraphException>(() => graph.Build());
    }

    [Fact]
    public void A_value_of_another_graph_is_refused()
    {
        Value foreign = new GraphBuilder("other").Input("x", s_type);
        GraphBuilder graph = new("own");
        graph.Input("y", s_type);

        Assert.ThrowsAny<Exception>(() => graph.Build(graph.Add(new Relu(), foreign)));
    }

    [Fact]
    public void Inputs_that_do_not_fit_an_op_are_refused_where_it_is_added()
    {
        GraphBuilder graph = new("shapes");
        Value a = graph.Input("a", s_type);
        Value b = graph.Input("b", TensorType.Vector(5));

        ShapeException error = Assert.Throws<ShapeException>(() => graph.Add(new Add(), a, b));

        Assert.StartsWith("Add: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_that_lead_nowhere_are_dropped()
    {
        GraphBuilder graph = new("dead");
        Value x = graph.Input("x", s_type);
        graph.Add(new Tanh(), x);

        Graph built = graph.Build(graph.Add(new Relu(), x));

        Assert.Equal(["Relu"], built.Nodes.Select(node => node.Op.Name));
    }
}
