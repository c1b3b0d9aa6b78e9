using System.Globalization;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Ops.Reference;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A network in training on one device, to be compared with the same on another.</summary>
internal sealed class Trainee : IDisposable
{
    // Largest difference of a tensor's elements over its largest element: two orders of summation through the depth of the network.
    private const double Tolerance = 1e-5;

    // Two devices round in each of up to 110 layers, a variation only ahead of the first: 220 roundings add at random to the root of that.
    private const double RoundingsOfDepth = 16;

    private readonly Network _network;
    private readonly int _batch;
    private readonly TrainingStep _step;

    public Trainee(Device device, Network network, int batch, Precision precision = Precision.Float32)
    {
        (_network, _batch) = (network, batch);
        TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(batch, new Sgd(0.9f, WeightDecay: 1e-3f), new GradientClip(ClipMode.Norm, 5), 0.1f, Precision: precision));
        State = device.NewState(graph.Graph);
        State.Initialize(3);
        _step = new TrainingStep(graph, device, State, seed: 5);
    }

    public StateStore State { get; }

    /// <summary>Takes steps on both devices, each from one state, and asserts equal losses, norms and gradients.</summary>
    /// <param name="reference">The CPU.</param>
    /// <param name="device">The other.</param>
    /// <param name="network">What is trained.</param>
    /// <param name="batch">Images of a step.</param>
    /// <param name="steps">How many.</param>
    /// <param name="variations">
    /// Steps that the reference takes besides, on images of which each element is moved by a unit in the last place; 0 where rounding errors only add up.
    /// Where they do not, what these do to gradients is what a difference is held to: batch norm over few values divides them by a small deviation, and a ReLU
    /// whose sum is a rounding from 0 opens on one device and stays closed on the other. The first loss sees neither
    /// but through many layers: it may be off by more than the tolerance only where the reference's own moves by more.
    /// </param>
    public static void AssertSameSteps(Device reference, Device device, Network network, int batch, int steps, int variations = 0)
    {
        using Trainee one = new(reference, network, batch);
        using Trainee other = new(device, network, batch);
        for (int step = 0; step < steps; step++)
        {
            IReadOnlyDictionary<string, Tensor> start = one.State.ReadAll();
            Outcome expected = one.StepFrom(start, step);
            Dictionary<string, double> distances = other.StepFrom(start, step).DistancesTo(expected);
            bool isClose = distances.Values.All(distance => distance <= Tolerance);
            Dictionary<string, double>[] spread = isClose ? [] : [.. Enumerable.Range(1, variations).Select(variation => one.StepFrom(start, step, variation).DistancesTo(expected))];
            foreach ((string name, double distance) in distances)
            {
                double moved = spread.Select(moves => moves[name]).DefaultIfEmpty().Max();
                bool isSteady = step == 0 && name == Outcome.LossName && moved <= Tolerance;
                double allowed = isSteady ? Tolerance : Math.Max(Tolerance, RoundingsOfDepth * moved);
                Assert.True(distance <= allowed, string.Create(CultureInfo.InvariantCulture, $"step {step}: {name} is off by {distance:g3}; allowed are {allowed:g3}"));
            }

            one.Take(expected.States);
        }
    }

    /// <summary>One step on images of noise.</summary>
    /// <param name="step">Its number, which chooses the images.</param>
    /// <param name="variation">Other than 0: which way each element is moved by a unit in the last place.</param>
    public StepResult Step(int step, int variation = 0)
    {
        Philox random = new(7, 7);
        (int channels, int height, int width) = _network.ImageSize;
        float[] images = [.. Enumerable.Range(0, _batch * channels * height * width).Select(i => random.Normal((uint)step, (ulong)i))];
        int[] labels = [.. Enumerable.Range(0, _batch).Select(i => random.Below((uint)step, (ulong)(1000000 + i), _network.Classes))];
        if (variation != 0)
        {
            Random side = new(variation);
            images = [.. images.Select(x => side.Next(2) == 0 ? MathF.BitIncrement(x) : MathF.BitDecrement(x))];
        }

        return _step.Run(images, labels, 0.02, step);
    }

    public void Dispose()
    {
        _step.Dispose();
        State.Dispose();
    }

    /// <summary>A step from a state, with momentum from nothing: the buffers then hold this step's gradients.</summary>
    private Outcome StepFrom(IReadOnlyDictionary<string, Tensor> start, int step, int variation = 0)
    {
        Take(start);
        foreach ((string name, Tensor tensor) in start.Where(state => state.Key.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal) && state.Value.Shape.Count > 1))
        {
            State.Write(name, new Tensor(tensor.Shape));
        }

        StepResult result = Step(step, variation);
        return new Outcome(result, State.ReadAll());
    }

    private void Take(IReadOnlyDictionary<string, Tensor> states)
    {
        foreach ((string name, Tensor tensor) in states)
        {
            State.Write(name, tensor);
        }
    }

    private sealed record Outcome(StepResult Result, IReadOnlyDictionary<string, Tensor> States)
    {
        public const string LossName = "the loss";

        public Dictionary<string, double> DistancesTo(Outcome expected)
        {
            Dictionary<string, double> distances = expected.States.ToDictionary(state => state.Key, state => RelativeError.Of(Numbers(States[state.Key]), Numbers(state.Value)));
            distances[LossName] = RelativeError.Of([Result.Loss], [expected.Result.Loss]);
            distances["the norm"] = RelativeError.Of([Result.Norm], [expected.Result.Norm]);
            distances["the number of hits"] = RelativeError.Of([Result.Correct], [expected.Result.Correct]);
            return distances;
        }

        private static double[] Numbers(Tensor tensor)
        {
            ReadOnlySpan<float> values = tensor.Span;
            double[] numbers = new double[values.Length];
            for (int i = 0; i < numbers.Length; i++)
            {
                numbers[i] = values[i];
            }

            return numbers;
        }
    }
}
