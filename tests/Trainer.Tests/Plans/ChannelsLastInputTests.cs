using Gimbal.CudaSimulator;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Plans;

/// <summary>Images come to a plan in either order and are the same there.</summary>
[Collection(Simulator.Collection)]
public sealed class ChannelsLastInputTests
{
    private static readonly Shape s_shape = new(2, 3, 5, 7);

    [Fact]
    public void On_the_cpu_both_orders_are_the_same_images()
    {
        using CpuDevice device = new(1);
        AssertSameImages(device);
    }

    [SimulatorFact]
    public void On_the_device_both_orders_are_the_same_images()
    {
        Simulator.Reset();
        using CudaDevice device = new();
        Assert.Contains(Simulator.DeviceName, device.Description, StringComparison.Ordinal);
        AssertSameImages(device);
        Assert.Equal(0, Simulator.Reports);
    }

    [Fact]
    public void What_is_no_image_has_no_channels_to_come_last()
    {
        GraphBuilder builder = new("plain");
        Graph graph = builder.Build(builder.Add(new Relu(), builder.Input("x", TensorType.Vector(6))));
        using CpuDevice device = new(1);
        using StateStore state = device.NewState(graph);
        using Plan plan = device.NewPlan(graph, state);

        Assert.Throws<ShapeException>(() => plan.WriteChannelsLast(graph.Input("x"), new float[6]));
    }

    private static void AssertSameImages(Device device)
    {
        GraphBuilder builder = new("images");
        Graph graph = builder.Build(builder.Add(new Relu(), builder.Input("x", new TensorType(s_shape, Axes.Image))));
        Value x = graph.Input("x");
        using StateStore state = device.NewState(graph);
        using Plan plan = device.NewPlan(graph, state);
        float[] logical = [.. Enumerable.Range(1, s_shape.Count).Select(i => (float)i)];
        float[] channelsLast = new float[logical.Length];
        ChannelsLast.Store(s_shape, logical, channelsLast);
        Assert.NotEqual(logical, channelsLast);

        plan.WriteChannelsLast(x, channelsLast);

        Assert.Equal(logical, plan.Read(x).Span.ToArray());
        Assert.Throws<ShapeException>(() => plan.WriteChannelsLast(x, channelsLast.AsSpan(1)));
    }
}
