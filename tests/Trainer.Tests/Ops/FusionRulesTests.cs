using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;
using Add = Gimbal.Trainer.Ops.Add;
using Flatten = Gimbal.Trainer.Layers.Flatten;
using MaxPool = Gimbal.Trainer.Ops.MaxPool;

namespace Gimbal.Trainer.Tests.Ops;

public sealed class FusionRulesTests : IDisposable
{
    private const int Batch = 3;
    private const int Side = 16;

    private readonly CpuDevice _device = new(2);
    private readonly CpuDevice _exact = new(2, isExact: true);

    // Everything at once, but no bias in front of a batch norm, whose gradient is nothing but rounding: shared activations, sums of two gradients, batch norm without ReLU, ReLU without batch norm, pooling with and without overlap.
    private static readonly Layer s_mixed = new Sequential(
        new Conv2d(3, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2),
        new Residual(new Sequential(new Conv2d(8, 8, 3, padding: 1, bias: false), new BatchNorm2d(8), new ReLU(), new Conv2d(8, 8, 3, padding: 1, bias: false), new BatchNorm2d(8))), new ReLU(),
        new Residual(new Sequential(new Conv2d(8, 8, 1), new ReLU(), new Conv2d(8, 8, 3, padding: 1))), new ReLU(),
        new Residual(new Conv2d(8, 8, 3, padding: 1)),
        new Conv2d(8, 6, 3, padding: 1, bias: false), new BatchNorm2d(6), new Conv2d(6, 6, 3, padding: 1), new ReLU(), new MaxPool2d(3, 2, 1),
        new GlobalAvgPool2d(), new Flatten(), new Linear(6, 10));

    public static TheoryData<string> Models => ["mixed", "simple-cnn", "fast-cnn", "mlp", "resnet8", "resnet18", "plain20"];

    // Cases hold each op to 1e-5. Here rounding decides for a few of the many activations on which side of 0 they are, and each stops or passes
    // a whole gradient: 9e-4 of a tensor was seen where convolutions are exact.
    [Theory]
    [MemberData(nameof(Models))]
    public void A_fused_step_leaves_the_state_of_the_step_it_stands_for(string model) => CompareSteps(model, _exact, 3e-3);

    // Winograd's rounding is twice that of the exact way and decides about more activations, the more the deeper the network: 1.2e-2 was seen in plain20.
    // These networks have every kind of fused convolution and few layers.
    [Theory]
    [InlineData("mixed")]
    [InlineData("simple-cnn")]
    [InlineData("fast-cnn")]
    [InlineData("resnet8")]
    public void A_fused_step_by_Winograd_leaves_that_state_too(string model) => CompareSteps(model, _device, 3e-3);

    [Theory]
    [MemberData(nameof(Models))]
    public void Inputs_states_and_outputs_stay(string model)
    {
        Graph graph = Create(model).Graph;
        Graph fused = FusionRules.Apply(graph, _device);

        Assert.Equal(graph.Inputs.Select(v => v.ToString()), fused.Inputs.Select(v => v.ToString()));
        Assert.Equal(graph.Parameters.Select(v => v.ToString()), fused.Parameters.Select(v => v.ToString()));
        Assert.Equal(graph.Buffers.Select(v => v.ToString()), fused.Buffers.Select(v => v.ToString()));
        Assert.Equal(graph.Outputs.Select(v => v.Type), fused.Outputs.Select(v => v.Type));
        Assert.Equal(Overwritten(graph), Overwritten(fused));
    }

    [Fact]
    public void A_residual_network_keeps_no_pass_over_memory_but_the_end_of_its_blocks()
    {
        Dictionary<Type, int> ops = Count("resnet20");

        Assert.Equal(19, ops[typeof(FusedConv)]);
        Assert.Equal(18, ops[typeof(FusedConvGradInput)]);
        Assert.Equal(19, ops[typeof(FusedConvGradWeight)]);
        // Nine blocks, and the first convolution's activation, which a skip connection reads too.
        Assert.Equal(10, ops[typeof(NormalizeRelu)]);
        Assert.DoesNotContain(typeof(BatchNormalization), ops.Keys);
        Assert.DoesNotContain(typeof(Normalize), ops.Keys);
        Assert.DoesNotContain(typeof(NormalizeGrad), ops.Keys);
        Assert.DoesNotContain(typeof(Relu), ops.Keys);
        Assert.DoesNotContain(typeof(Conv), ops.Keys);
    }

    [Fact]
    public void A_plain_network_stores_no_activation_before_it_is_pooled()
    {
        Dictionary<Type, int> ops = Count("simple-cnn");

        Assert.Equal(2, ops[typeof(FusedConv)]);
        Assert.DoesNotContain(typeof(MaxPool), ops.Keys);
        Assert.DoesNotContain(typeof(MaxPoolGrad), ops.Keys);
    }

    [Fact]
    public void A_value_read_after_the_run_is_still_computed()
    {
        GraphBuilder builder = new("kept");
        Value x = builder.Input("x", TensorType.Image(2, 4, 6, 6));
        Value y = builder.Add(new Conv(1, 1, 1), x, builder.Input("w", TensorType.Filter(4, 4, 3, 3)));
        Value active = builder.Add(new Relu(), y);
        Value pooled = builder.Add(new MaxPool(2, 2, 0), active);
        Value sum = builder.Add(new Relu(), builder.Add(new Add(), y, active));

        Graph fused = FusionRules.Apply(builder.Build(y, active, pooled, sum), _device);

        Assert.Equal(["Conv", "Relu", "MaxPool", "AddRelu"], fused.Nodes.Select(node => node.Op.Name));
        Assert.Equal(4, fused.Outputs.Count);
    }

    public void Dispose()
    {
        _device.Dispose();
        _exact.Dispose();
    }

    private static void CompareSteps(string model, CpuDevice device, double tolerance)
    {
        TrainingGraph graph = Create(model);
        string? wrong = FusedStep.Difference(graph.Graph, graph.FusedFor(device).Graph, device, tolerance);
        Assert.True(wrong is null, $"{model}: {wrong}");
    }

    internal static TrainingGraph Create(string model, Precision precision = Precision.Float32)
    {
        // Batch norm over a handful of values magnifies every rounding: deep networks get larger pictures.
        ModelShape shape = new(3, model is "simple-cnn" or "resnet18" ? 32 : Side, 10);
        Network network = model == "mixed" ? Network.Create(model, s_mixed, 3, Side) : ModelCatalogue.Create(model, shape);
        return TrainingGraph.Create(network, new StepOptions(Batch, new Sgd(0), new GradientClip(ClipMode.Norm, 1), EmaDecay: 0.9f, Precision: precision));
    }

    private Dictionary<Type, int> Count(string model) =>
        FusionRules.Apply(Create(model).Graph, _device).Nodes.GroupBy(node => node.Op.GetType()).ToDictionary(group => group.Key, group => group.Count());

    private static IEnumerable<string> Overwritten(Graph graph) => graph.Values.Select(v => v.Overwrites?.Name).OfType<string>().Order();
}
