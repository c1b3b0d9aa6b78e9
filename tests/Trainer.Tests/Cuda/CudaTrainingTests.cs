using System.Globalization;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Ops.Reference;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;
using Dropout = Gimbal.Trainer.Layers.Dropout;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Whole training steps on the simulated device, recorded as one graph and replayed.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaTrainingTests
{
    private const int Batch = 4;
    private const int Side = 16;
    private const int Steps = 20;

    // Largest difference of a tensor's elements over its largest element: two orders of summation through the depth of the network.
    private const double Tolerance = 1e-5;

    private static readonly Layer s_narrow = new Sequential(
        new Conv2d(3, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(8, 12, 3, padding: 1), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(12 * 16, 24), new ReLU(), new Dropout(0.2f), new Linear(24, 10));

    [SimulatorTheory]
    [InlineData("resnet8")]
    [InlineData("narrow")]
    public void Each_of_twenty_steps_has_the_loss_and_the_gradients_of_the_cpu(string model)
    {
        Simulator.Reset();
        using CpuDevice cpu = new(2, isExact: true);
        using CudaDevice cuda = new();
        Assert.Contains(Simulator.DeviceName, cuda.Description, StringComparison.Ordinal);
        using Trainee one = new(cpu, model);
        using Trainee other = new(cuda, model);
        for (int step = 0; step < Steps; step++)
        {
            // The same state ahead of each step, and momentum from nothing: the buffers then hold this step's gradients.
            other.Take(one);
            StepResult expected = one.Step(step);
            StepResult actual = other.Step(step);

            Assert.Equal(expected.Loss, actual.Loss, Tolerance * expected.Loss);
            Assert.Equal(expected.Norm, actual.Norm, Tolerance * expected.Norm);
            Assert.Equal(expected.Correct, actual.Correct);
            AssertClose(one.State.ReadAll(), other.State.ReadAll(), step);
        }

        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorFact]
    public void A_run_gives_the_same_bits_twice_and_after_a_stop()
    {
        Simulator.Reset();
        TrainingOptions options = SmallRun.Options with { Batch = 8 };
        Network network = Network.Create("narrow", s_narrow, 3, Side);
        IReadOnlyDictionary<string, Tensor> whole = Train(options, network, stopAfter: int.MaxValue);

        SmallRun.AssertSameBits(whole, Train(options, network, stopAfter: int.MaxValue));
        SmallRun.AssertSameBits(whole, Train(options, network, stopAfter: 3));
    }

    [SimulatorFact]
    public void A_skipped_step_leaves_the_running_statistics_finite()
    {
        Simulator.Reset();
        TrainingOptions options = new()
        {
            Batch = 8,
            Epochs = 3,
            Optimizer = OptimizerName.Sgd,
            Init = "normal:1e25",
            Schedule = ScheduleName.Constant,
            NonFinite = NonFinitePolicy.Skip,
        };
        Layer layers = new Sequential(new Conv2d(3, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10));
        using CudaDevice cuda = new();
        using TrainingRun run = new(Network.Create("wild", layers, 3, Side), Pictures(), options, cuda);

        run.Run(new RunCallbacks());

        Assert.True(run.Position.History.Sum(epoch => epoch.SkippedSteps) > 0);
        Assert.All(
            run.CaptureState().Where(state => state.Key.Contains("running", StringComparison.Ordinal)),
            state => Assert.DoesNotContain(state.Value.Span.ToArray(), value => !float.IsFinite(value)));
    }

    [SimulatorFact]
    public void Nothing_is_left_on_the_device()
    {
        Simulator.Reset();
        using (CudaDevice cuda = new())
        {
            using Trainee side = new(cuda, "narrow");
            side.Step(0);
        }

        Assert.Empty(Simulator.Leaks());
        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorFact]
    public void A_model_too_large_for_the_device_is_refused_in_one_line()
    {
        Simulator.Reset();
        using CudaDevice cuda = new();

        CudaException error = Assert.Throws<CudaException>(() => cuda.Driver.Allocate(1L << 50));

        Assert.StartsWith("cuMemAlloc(", error.Message, StringComparison.Ordinal);
        Assert.Contains("take a smaller batch", error.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(IReadOnlyDictionary<string, Tensor> expected, IReadOnlyDictionary<string, Tensor> actual, int step)
    {
        foreach ((string name, Tensor tensor) in expected)
        {
            double error = RelativeError.Of([.. actual[name].Span.ToArray().Select(x => (double)x)], [.. tensor.Span.ToArray().Select(x => (double)x)]);
            Assert.True(error <= Tolerance, string.Create(CultureInfo.InvariantCulture, $"step {step}: {name} is off by {error:g3}"));
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Train(TrainingOptions options, Network network, int stopAfter)
    {
        using CudaDevice cuda = new();
        using CancellationTokenSource stop = new();
        SavedRun? saved = null;
        int steps = 0;
        DataSplits data = Pictures();
        using (TrainingRun run = new(network, data, options, cuda))
        {
            RunCallbacks callbacks = new()
            {
                Step = _ =>
                {
                    if (++steps == stopAfter)
                    {
                        stop.Cancel();
                    }
                },
                Save = (captured, _) => saved = captured.Capture(),
            };
            try
            {
                run.Run(callbacks, stop.Token);
                return run.CaptureState();
            }
            catch (OperationCanceledException)
            {
            }
        }

        using TrainingRun rest = new(network, data, options, cuda);
        rest.Restore(saved!.State, saved.Position);
        rest.Run(new RunCallbacks());
        return rest.CaptureState();
    }

    private static DataSplits Pictures()
    {
        Random random = new(1);
        ImageSet Set(int count)
        {
            byte[] pixels = new byte[count * Side * Side * 3];
            random.NextBytes(pixels);
            return new ImageSet(pixels, [.. Enumerable.Range(0, count).Select(i => i % 10)], Side, Side, 3, [.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        }

        return new DataSplits("noise", Set(20), Set(10), null, []);
    }

    private sealed class Trainee : IDisposable
    {
        private readonly TrainingStep _step;

        public Trainee(Device device, string model)
        {
            Network network = model == "narrow" ? Network.Create(model, s_narrow, 3, Side) : ModelCatalogue.Create(model, new ModelShape(3, Side, 10));
            TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(Batch, new Sgd(0.9f, WeightDecay: 1e-3f), new GradientClip(ClipMode.Norm, 5), 0.1f));
            State = device.NewState(graph.Graph);
            State.Initialize(3);
            _step = new TrainingStep(graph, device, State, seed: 5);
        }

        public StateStore State { get; }

        public StepResult Step(int step)
        {
            foreach (Gimbal.Trainer.Graphs.Value buffer in State.States.Where(v => v.Name.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal) && v.Shape.Count > 1))
            {
                State.Write(buffer.Name, new Tensor(buffer.Shape));
            }

            Philox random = new(7, 7);
            float[] images = [.. Enumerable.Range(0, Batch * 3 * Side * Side).Select(i => random.Normal((uint)step, (ulong)i))];
            int[] labels = [.. Enumerable.Range(0, Batch).Select(i => random.Below((uint)step, (ulong)(1000000 + i), 10))];
            return _step.Run(images, labels, 0.02, step);
        }

        public void Take(Trainee source)
        {
            foreach ((string name, Tensor tensor) in source.State.ReadAll())
            {
                State.Write(name, tensor);
            }
        }

        public void Dispose()
        {
            _step.Dispose();
            State.Dispose();
        }
    }
}
