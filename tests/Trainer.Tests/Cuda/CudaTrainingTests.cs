using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
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
    internal const int Side = 16;
    private const int Steps = 20;

    // The least that three halvings leave pixels of, and batch norm's variances a meaning.
    private const int SmallSide = 8;
    private const int SmallBatch = 4;

    // One step is what these can be afforded on a simulated device.
    private static readonly string[] s_large = ["resnet18", "resnet56", "plain56", "resnet110"];

    // Rounding errors do not only add up in these: see Trainee.AssertSameSteps.
    private static readonly string[] s_sensitive = ["fast-cnn", "resnet18", "resnet110", "plain20", "plain32", "plain44", "plain56"];

    private static readonly Layer s_narrow = new Sequential(
        new Conv2d(3, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(8, 12, 3, padding: 1), new ReLU(), new MaxPool2d(2),
        new Flatten(), new Linear(12 * 16, 24), new ReLU(), new Dropout(0.2f), new Linear(24, 10));

    public static TheoryData<string> Models => [.. ModelCatalogue.Names];

    [SimulatorTheory]
    [InlineData("resnet8")]
    [InlineData("narrow")]
    public void Each_of_twenty_steps_has_the_loss_and_the_gradients_of_the_cpu(string model)
    {
        Simulator.Reset();
        using CpuDevice cpu = new(2, isExact: true);
        using CudaDevice cuda = new();
        Assert.Contains(Simulator.DeviceName, cuda.Description, StringComparison.Ordinal);
        Network network = NetworkOf(model);
        Trainee.AssertSameSteps(cpu, cuda, network, Batch, Steps);
        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorTheory]
    [MemberData(nameof(Models))]
    public void Every_model_of_the_catalogue_takes_the_steps_of_the_cpu(string model)
    {
        Simulator.Reset();
        using CpuDevice cpu = new(2, isExact: true);
        using CudaDevice cuda = new();
        Assert.Contains(Simulator.DeviceName, cuda.Description, StringComparison.Ordinal);

        Network network = ModelCatalogue.Create(model, new ModelShape(3, SmallSide, 10));
        Trainee.AssertSameSteps(cpu, cuda, network, SmallBatch, steps: s_large.Contains(model) ? 1 : 2, variations: s_sensitive.Contains(model) ? 8 : 0);

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
            using Trainee side = new(cuda, NetworkOf("narrow"), Batch);
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

    internal static IReadOnlyDictionary<string, Tensor> Train(TrainingOptions options, Network network, int stopAfter)
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

    /// <summary>A model of the catalogue, or one like <c>simple-cnn</c> with fewer channels.</summary>
    internal static Network NetworkOf(string model) =>
        model == "narrow" ? Network.Create(model, s_narrow, 3, Side) : ModelCatalogue.Create(model, new ModelShape(3, Side, 10));

    internal static DataSplits Pictures()
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
}
