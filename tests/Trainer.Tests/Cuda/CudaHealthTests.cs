using Gimbal.CudaSimulator;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Steps that measure the health of their layers, on the simulated device.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaHealthTests
{
    private const int Batch = 4;
    private const int Side = 16;

    public static TheoryData<string> Models => ["resnet8", "simple-cnn", "mlp"];

    [SimulatorTheory]
    [MemberData(nameof(Models))]
    public void A_reading_is_that_of_the_cpu(string model)
    {
        Simulator.Reset();
        using CpuDevice cpu = new(2, isExact: true);
        using CudaDevice cuda = new();
        Assert.Contains(Simulator.DeviceName, cuda.Description, StringComparison.Ordinal);

        HealthReading expected = Train(cpu, model, isMeasured: [true]).Reading!;
        HealthReading actual = Train(cuda, model, isMeasured: [true]).Reading!;

        Assert.NotEmpty(expected.Layers);
        Assert.Equal(expected.Layers.Select(layer => layer.Layer), actual.Layers.Select(layer => layer.Layer));
        foreach ((LayerHealth one, LayerHealth other) in expected.Layers.Zip(actual.Layers))
        {
            AssertClose(one.Activation, other.Activation);
            AssertClose(one.Gradient, other.Gradient);
            Assert.Equal(one.WeightNorm, other.WeightNorm, 1e-5 * one.WeightNorm);
            Assert.Equal(one.WeightGradientNorm, other.WeightGradientNorm, 1e-4 * one.WeightGradientNorm);
            Assert.Equal(one.UpdateNorm, other.UpdateNorm, 1e-4 * one.UpdateNorm);
        }

        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorTheory]
    [MemberData(nameof(Models))]
    public void A_measured_step_leaves_the_bits_of_one_that_is_not(string model)
    {
        Simulator.Reset();
        using CudaDevice cuda = new();

        SmallRun.AssertSameBits(
            Train(cuda, model, isMeasured: [false, false, false]).State, Train(cuda, model, isMeasured: [false, true, false]).State);
    }

    [SimulatorFact]
    public void A_step_that_diverges_is_named_with_its_layer_and_read()
    {
        Simulator.Reset();
        TrainingOptions options = new() { Batch = 8, Epochs = 1, Optimizer = OptimizerName.Sgd, Init = "normal:1e25", HealthEvery = 1 };
        Layer layers = new Sequential(new Conv2d(3, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10));
        List<HealthReading> readings = [];
        using CudaDevice cuda = new();
        using TrainingRun run = new(Network.Create("wild", layers, 3, 32), SmallRun.Data(16, 8), options, cuda);

        DivergedException e = Assert.Throws<DivergedException>(() => run.Run(new RunCallbacks { Health = readings.Add }));

        Assert.Contains(e.Parameter, run.Network.Graph.Parameters.Select(parameter => parameter.Name));
        Assert.Equal(e.Step, readings[^1].Step + 1);
        Assert.Contains(readings[^1].Layers, layer => layer.Gradient.NonFinite > 0);
    }

    [SimulatorFact]
    public void A_step_that_measures_is_waited_for_once_as_any_other()
    {
        Simulator.Reset();
        List<long> waits = [];
        using CudaDevice cuda = new();

        Train(cuda, "mlp", isMeasured: [true, true, false, true], () => waits.Add(Simulator.Counter("waits")));

        Assert.Equal([1, 1, 1], waits.Skip(1).Zip(waits, (after, before) => after - before));
    }

    [SimulatorFact]
    public void Nothing_is_left_on_the_device()
    {
        Simulator.Reset();
        using (CudaDevice cuda = new())
        {
            Train(cuda, "mlp", isMeasured: [false, true]);
        }

        Assert.Empty(Simulator.Leaks());
    }

    // Elements within a rounding of 0 or of the limit may be counted on one device and not on the other.
    private static void AssertClose(SignalStatistics one, SignalStatistics other)
    {
        Assert.Equal(one.Count, other.Count);
        Assert.Equal(one.Rms, other.Rms, 1e-4 * one.Rms);
        Assert.Equal(one.MaxAbs, other.MaxAbs, 1e-4 * one.MaxAbs);
        Assert.Equal(one.Zeros, other.Zeros, 1e-3);
        Assert.Equal(one.Saturated, other.Saturated, 1e-3);
        Assert.Equal((one.Dead, one.NonFinite), (other.Dead, other.NonFinite));
    }

    private static (HealthReading? Reading, IReadOnlyDictionary<string, Tensor> State) Train(Device device, string model, bool[] isMeasured, Action? ran = null)
    {
        Network network = ModelCatalogue.Create(model, new ModelShape(3, Side, 10));
        // Not Adam: its first step is the sign of a gradient, however small.
        TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(Batch, new Sgd(0.9f, WeightDecay: 1e-3f), new GradientClip(ClipMode.Norm, 1)));
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(3);
        using TrainingStep step = new(graph, device, state, seed: 1);
        Philox random = new(seed: 5, stream: 7);
        float[] images = [.. Enumerable.Range(0, graph.Images.Shape.Count).Select(i => random.Normal(0, (ulong)i))];
        for (int i = 0; i < isMeasured.Length; i++)
        {
            step.Run(images, [.. Enumerable.Range(0, Batch)], 0.05, i, isMeasured[i]);
            ran?.Invoke();
        }

        return (isMeasured.Contains(true) ? step.Health : null, state.ReadAll());
    }
}
