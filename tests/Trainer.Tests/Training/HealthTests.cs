using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>Steps that measure the health of their layers train as other steps do, and measure what they say.</summary>
public sealed class HealthTests
{
    private const int Batch = 4;
    private const int Steps = 4;
    private const double Rate = 0.05;

    public static TheoryData<string, bool> Models => new()
    {
        { "resnet20", true }, { "resnet20", false }, { "plain20", true }, { "plain20", false }, { "simple-cnn", true }, { "simple-cnn", false }, { "mlp", false },
        { "resnet18", false },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_measured_step_leaves_the_bits_of_one_that_is_not(string model, bool isExact)
    {
        using CpuDevice device = new(2, isExact);
        (IReadOnlyList<float> losses, IReadOnlyDictionary<string, Tensor> plain) = Train(model, device, _ => false);
        (IReadOnlyList<float> measuredLosses, IReadOnlyDictionary<string, Tensor> measured) = Train(model, device, step => step % 2 == 0);

        Assert.Equal(losses, measuredLosses);
        Assert.All(plain, pair => Assert.True(pair.Value.Span.SequenceEqual(measured[pair.Key].Span), pair.Key));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Measuring_undoes_no_fusion(string model, bool isExact)
    {
        using CpuDevice device = new(1, isExact);
        TrainingGraph graph = Create(model);

        IEnumerable<string> plain = Listed(graph.FusedFor(device));
        IEnumerable<string> measured = Listed(graph.Measured().FusedFor(device));

        Assert.Equal(plain, measured);

        // But for the norms of the update, which its own attribute asks for.
        static IEnumerable<string> Listed(TrainingGraph graph) =>
            graph.Graph.Nodes.Where(node => node.Op is not (SignalMeasure or FusedSignalMeasure)).Select(node => $"{node.Name} {OpText.Print(node.Op).Replace("Taken", "None", StringComparison.Ordinal)}");
    }

    [Fact]
    public void A_layer_is_measured_behind_its_norm_its_sum_its_activation_and_its_pooling()
    {
        Assert.Equal(
            [
                "conv1: relu.Relu, relu.Relu.grad.ReluGrad",
                "layer1.0.conv1: layer1.0.relu1.Relu, layer1.0.relu1.Relu.grad.ReluGrad",
                "layer1.0.conv2: layer1.0.relu2.Relu, layer1.0.relu2.Relu.grad.ReluGrad",
                "layer2.0.conv1: layer2.0.relu1.Relu, layer2.0.relu1.Relu.grad.ReluGrad",
                "layer2.0.conv2: layer2.0.relu2.Relu, layer2.0.relu2.Relu.grad.ReluGrad",
                "layer3.0.conv1: layer3.0.relu1.Relu, layer3.0.relu1.Relu.grad.ReluGrad",
                "layer3.0.conv2: layer3.0.relu2.Relu, layer3.0.relu2.Relu.grad.ReluGrad",
                "fc: fc.Gemm, SoftmaxCrossEntropy",
            ],
            Signals("resnet8"));
        Assert.Equal(
            [
                "conv1: pool1.MaxPool, relu1.Relu.grad.ReluGrad",
                "conv2: pool2.MaxPool, relu2.Relu.grad.ReluGrad",
                "fc1: relu3.Relu, relu3.Relu.grad.ReluGrad",
                "fc2: fc2.Gemm, SoftmaxCrossEntropy",
            ],
            Signals("simple-cnn"));
    }

    [Fact]
    public void Norms_are_those_of_the_weight_its_gradient_and_its_change()
    {
        using CpuDevice device = new(1);
        TrainingGraph graph = Create("simple-cnn");
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(3);
        using TrainingStep step = new(graph, device, state, seed: 1);
        IReadOnlyDictionary<string, Tensor> before = state.ReadAll();

        StepResult result = step.Run(Images(graph), Labels(), Rate, 0, isMeasured: true);

        IReadOnlyDictionary<string, Tensor> after = state.ReadAll();
        HealthReading reading = step.Health;
        Assert.Equal((0, result.Loss, result.Norm), (reading.Step, reading.Loss, reading.Norm));
        Assert.Equal(["conv1", "conv2", "fc1", "fc2"], reading.Layers.Select(layer => layer.Layer));
        foreach (LayerHealth layer in reading.Layers)
        {
            float[] weight = before[$"{layer.Layer}.weight"].Span.ToArray();
            float[] change = [.. after[$"{layer.Layer}.weight"].Span.ToArray().Zip(weight, (a, b) => a - b)];
            Assert.Equal(Norm(weight), layer.WeightNorm, 1e-5 * layer.WeightNorm);
            Assert.Equal(Norm(change), layer.UpdateNorm, 1e-5 * layer.UpdateNorm);
            // Without momentum, decay or clipping the change is the gradient times the rate.
            Assert.Equal(Norm(change) / Rate, layer.WeightGradientNorm, 1e-4 * layer.WeightGradientNorm);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(Batch - 1, false)]
    [InlineData(Batch, true)]
    [InlineData(Batch + 1, true)]
    public void Images_ahead_of_those_that_readings_look_at_are_not_seen(int measured, bool isFirstSeen)
    {
        using CpuDevice device = new(1);
        TrainingGraph graph = TrainingGraph.Create(ModelCatalogue.Create("simple-cnn", new ModelShape(3, 32, 10)), new StepOptions(Batch, new Sgd(0), MeasuredImages: measured));
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(3);
        using TrainingStep step = new(graph, device, state, seed: 1);
        float[] images = Images(graph);
        foreach (ref float pixel in images.AsSpan(0, images.Length / Batch))
        {
            pixel *= 1e6f;
        }

        step.Run(images, Labels(), 0, 0, isMeasured: true);

        Assert.All(step.Health.Layers, layer => Assert.Equal(isFirstSeen, layer.Activation.MaxAbs > 1e3f));
    }

    [Fact]
    public void Both_forms_of_a_step_share_their_memory()
    {
        using CpuDevice device = new(1);
        TrainingGraph graph = Create("resnet20");
        using StateStore state = device.NewState(graph.Graph);
        using TrainingStep step = new(graph, device, state, seed: 1);
        long before = step.MemoryBytes;

        step.Run(Images(graph), Labels(), Rate, 0, isMeasured: true);

        // What is left apart are temporaries.
        Assert.InRange(step.MemoryBytes, before + 1, before * 1.3);
    }

    [Fact]
    public void There_is_no_reading_before_a_measured_step()
    {
        using CpuDevice device = new(1);
        TrainingGraph graph = Create("mlp");
        using StateStore state = device.NewState(graph.Graph);
        using TrainingStep step = new(graph, device, state, seed: 1);
        step.Run(Images(graph), Labels(), Rate, 0);

        Assert.Throws<InvalidOperationException>(() => step.Health);
    }

    private static IEnumerable<string> Signals(string model)
    {
        Graph graph = Create(model).Measured().Graph;
        ILookup<string, string> byLayer = graph.Nodes.Where(node => node.Op is SignalMeasure).ToLookup(
            node => string.Join('.', node.Name.Split('.').SkipLast(2)), node => graph.Producer(node.Inputs[0])!.Name);
        return byLayer.Select(layer => $"{layer.Key}: {string.Join(", ", layer)}");
    }

    private static TrainingGraph Create(string model) => TrainingGraph.Create(
        ModelCatalogue.Create(model, new ModelShape(3, 32, 10)), new StepOptions(Batch, new Sgd(0)));

    private static float[] Images(TrainingGraph graph)
    {
        Philox random = new(seed: 5, stream: 7);
        return [.. Enumerable.Range(0, graph.Images.Shape.Count).Select(i => random.Normal(0, (ulong)i))];
    }

    private static int[] Labels() => [.. Enumerable.Range(0, Batch)];

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(x => (double)x * x));

    private static (IReadOnlyList<float> Losses, IReadOnlyDictionary<string, Tensor> State) Train(string model, CpuDevice device, Func<int, bool> isMeasured)
    {
        Network network = ModelCatalogue.Create(model, new ModelShape(3, 32, 10, Dropout: 0.1f));
        TrainingGraph graph = TrainingGraph.Create(
            network, new StepOptions(Batch, new Sgd(0.9f, WeightDecay: 1e-4f), new GradientClip(ClipMode.Norm, 1), EmaDecay: 0.9f));
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(3);
        using TrainingStep step = new(graph, device, state, seed: 1);
        float[] images = Images(graph);
        List<float> losses = [];
        for (int i = 0; i < Steps; i++)
        {
            losses.Add(step.Run(images, Labels(), Rate, i, isMeasured(i)).Loss);
        }

        return (losses, state.ReadAll());
    }
}
