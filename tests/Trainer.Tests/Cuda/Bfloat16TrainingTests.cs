using System.Globalization;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;
using Xunit.Abstractions;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Training whose products tensor cores compute in bfloat16, on the simulated device.</summary>
[Collection(Simulator.Collection)]
public sealed class Bfloat16TrainingTests(ITestOutputHelper output)
{
    /// <summary>Environment variable with the steps of each curve: what a test takes is only their beginning.</summary>
    private const string StepsOfCurves = "GIMBAL_BF16_STEPS";

    private const string Buffers = $"{TrainingGraph.OptimizerPrefix}momentum_buffer.";

    // Weights, activations and gradients are rounded, the first of which alone turn a gradient by as much as they are allowed three times, and
    // as much again for chance: the square of an angle, which is what is compared, adds up.
    private const double TurnOfRoundings = 6;

    private const int Batch = 8;
    private const int EpochSteps = 8;

    [SimulatorFact]
    public void A_step_has_the_gradients_of_float32_but_for_the_rounding_of_its_products()
    {
        Simulator.Reset();
        using CudaDevice device = new();
        Network network = CudaTrainingTests.NetworkOf("resnet8");
        (StepResult exact, IReadOnlyDictionary<string, Tensor> gradients) = Step(device, network, Precision.Float32);
        (_, IReadOnlyDictionary<string, Tensor> ofRoundedWeights) = Step(device, network, Precision.Float32, hasRoundedWeights: true);
        (StepResult result, IReadOnlyDictionary<string, Tensor> rounded) = Step(device, network, Precision.Bfloat16);

        Assert.InRange(Math.Abs(result.Loss - exact.Loss) / exact.Loss, 1e-6, 0.02);
        Assert.NotEmpty(gradients);
        foreach ((string name, Tensor gradient) in gradients)
        {
            double turned = 1 - Cosine(gradient, rounded[name]);
            double allowed = TurnOfRoundings * (1 - Cosine(gradient, ofRoundedWeights[name]));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: 1 - cosine is {turned:0.0e+0}; allowed are {allowed:0.0e+0}"));
            Assert.InRange(turned, 1e-9, allowed);
            Assert.InRange(allowed, 0, 0.5);
        }

        Assert.Equal(0, Simulator.Reports);
    }

    [Fact]
    public void The_processor_refuses_a_plan_in_bfloat16()
    {
        TrainingGraph graph = TrainingGraph.Create(CudaTrainingTests.NetworkOf("narrow"), new StepOptions(Batch, new Sgd(0.9f), Precision: Precision.Bfloat16));
        using CpuDevice cpu = new(1);
        using StateStore state = cpu.NewState(graph.Graph);

        Assert.Throws<NotSupportedException>(() => new TrainingStep(graph, cpu, state, seed: 1));
    }

    private static double Cosine(Tensor a, Tensor b)
    {
        (double product, double left, double right) = (0, 0, 0);
        for (int i = 0; i < a.Shape.Count; i++)
        {
            (double x, double y) = (a.Span[i], b.Span[i]);
            (product, left, right) = (product + (x * y), left + (x * x), right + (y * y));
        }

        return product / Math.Sqrt(left * right);
    }

    // The gradients of the products' weights: what the first step leaves in the buffers of momentum.
    private static (StepResult Result, IReadOnlyDictionary<string, Tensor> Gradients) Step(CudaDevice device, Network network, Precision precision, bool hasRoundedWeights = false)
    {
        using Trainee trainee = new(device, network, Batch, precision);
        foreach ((string name, Tensor weight) in trainee.State.ReadAll().Where(state => hasRoundedWeights && IsProductsWeight(state.Key, state.Value)))
        {
            trainee.State.Write(name, new Tensor(weight.Shape, [.. weight.Span.ToArray().Select(x => (float)CudaCase.Rounded(x))]));
        }

        return (trainee.Step(0), trainee.State.ReadAll().Where(state => state.Key.StartsWith(Buffers, StringComparison.Ordinal) && IsProductsWeight(state.Key[Buffers.Length..], state.Value))
            .ToDictionary());
    }

    private static bool IsProductsWeight(string name, Tensor tensor) => tensor.Shape.Rank > 1 && !name.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal);

    [SimulatorFact]
    public void Products_of_a_step_run_on_tensor_cores_and_those_of_an_evaluation_do_not()
    {
        Simulator.Reset();
        using CudaDevice device = new();
        TrainingGraph graph = TrainingGraph.Create(
            CudaTrainingTests.NetworkOf("resnet8"), new TrainingOptions { Device = "cuda", Precision = "bf16" }.Resolve().ToStep(Batch, null)).FusedFor(device);
        using StateStore state = device.NewState(graph.Graph);
        using Plan step = device.NewPlan(graph.Graph, state, precision: graph.Precision);
        using Plan other = device.NewPlan(graph.Graph, state);
        static bool IsProduct(string launch) => launch.StartsWith("conv_", StringComparison.Ordinal) || launch.StartsWith("gemm_", StringComparison.Ordinal);

        Assert.Contains(step.Listing, IsProduct);
        Assert.All(step.Listing.Where(IsProduct), launch => Assert.Contains("_bf16 ", launch, StringComparison.Ordinal));
        Assert.All(other.Listing.Where(IsProduct), launch => Assert.Contains("_f32 ", launch, StringComparison.Ordinal));
    }

    [SimulatorFact]
    public void A_run_gives_the_same_bits_after_a_stop_and_is_evaluated_in_float32()
    {
        Simulator.Reset();
        TrainingOptions options = SmallRun.Options with { Batch = Batch, Device = "cuda", Precision = "bf16" };
        Network network = CudaTrainingTests.NetworkOf("narrow");
        using CudaDevice device = new();
        IReadOnlyDictionary<string, Tensor> whole = CudaTrainingTests.Train(options, network, stopAfter: int.MaxValue);
        IReadOnlyDictionary<string, Tensor> exact = CudaTrainingTests.Train(options with { Precision = "fp32" }, network, stopAfter: int.MaxValue);

        SmallRun.AssertSameBits(whole, CudaTrainingTests.Train(options, network, stopAfter: 3));
        Assert.Contains(whole, state => !state.Value.Span.SequenceEqual(exact[state.Key].Span));
        Assert.Equal(Evaluate("fp32"), Evaluate("bf16"));

        (double Loss, double Accuracy) Evaluate(string precision)
        {
            DataSplits data = CudaTrainingTests.Pictures();
            using TrainingRun run = new(network, data, options with { Precision = precision }, device);
            return run.Evaluate(data.Test, TrainingRun.Deployed(whole));
        }
    }

    [SimulatorFact]
    public void Runs_in_both_precisions_begin_alike()
    {
        Simulator.Reset();
        int steps = int.Parse(Environment.GetEnvironmentVariable(StepsOfCurves) ?? "8", NumberStyles.None, CultureInfo.InvariantCulture);
        output.WriteLine($"| seed | steps | mean loss of the last {EpochSteps} steps in float32 | in bfloat16 |");
        output.WriteLine("|---:|---:|---:|---:|");
        for (ulong seed = 1; seed <= 3; seed++)
        {
            List<float> exact = Losses("fp32", seed, steps);
            List<float> rounded = Losses("bf16", seed, steps);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {seed} | {exact.Count} | {exact.TakeLast(EpochSteps).Average():F4} | {rounded.TakeLast(EpochSteps).Average():F4} |"));

            Assert.Equal((steps, steps), (exact.Count, rounded.Count));
            Assert.InRange(Math.Abs(exact[0] - rounded[0]) / exact[0], 1e-7, 0.02);
        }

        Assert.Equal(0, Simulator.Reports);
    }

    private static List<float> Losses(string precision, ulong seed, int steps)
    {
        TrainingOptions options = new()
        {
            Batch = Batch,
            Epochs = steps / EpochSteps,
            Optimizer = OptimizerName.Sgd,
            Lr = 0.02,
            Schedule = ScheduleName.Cosine,
            HealthEvery = 0,
            Seed = seed,
            Device = "cuda",
            Precision = precision,
        };
        (ImageSource train, ImageSource test) = ProceduralImages.Splits(seed, train: Batch * EpochSteps, test: Batch);
        DataSplits data = new("shapes", ImageSet.Resized(train, CudaTrainingTests.Side), ImageSet.Resized(test, CudaTrainingTests.Side), null, []);
        List<float> losses = [];
        using CudaDevice device = new();
        using TrainingRun run = new(ModelCatalogue.Create("resnet8", new ModelShape(3, CudaTrainingTests.Side, 10)), data, options, device);
        run.Run(new RunCallbacks { Step = report => losses.Add(report.Loss) });
        return losses;
    }
}
