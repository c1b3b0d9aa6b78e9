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

    public Trainee(Device device, Network network, int batch)
    {
        (_network, _batch) = (network, batch);
        TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(batch, new Sgd(0.9f, WeightDecay: 1e-3f), new GradientClip(ClipMode.Norm, 5), 0.1f));
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
    /// Steps that the reference takes besides, on images of which each element is moved by a unit in the last place. A deep network is not held to less than
    /// what a rounding of its images does to it: batch norm over few values makes it larger, and a unit whose sum is a rounding from 0 opens or stays closed.
    /// </param>
    public static void AssertSameSteps(Device reference, Device device, Network network, int batch, int steps, int variations = 0)
    {
        using Trainee one = new(reference, network, batch);
        using Trainee varied = new(reference, network, batch);
        using Trainee other = new(device, network, batch);
        for (int step = 0; step < steps; step++)
        {
            IReadOnlyDictionary<string, Tensor> start = one.State.ReadAll();
            IReadOnlyDictionary<string, double[]> expected = one.Outcome(start, step);
            IReadOnlyDictionary<string, double>[] spread = [.. Enumerable.Range(1, variations).Select(variation => Distances(varied.Outcome(start, step, variation), expected))];
            foreach ((string name, double distance) in Distances(other.Outcome(start, step), expected))
            {
                double allowed = Math.Max(Tolerance, RoundingsOfDepth * spread.Select(distances => distances[name]).DefaultIfEmpty().Max());
                Assert.True(distance <= allowed, string.Create(CultureInfo.InvariantCulture, $"step {step}: {name} is off by {distance:g3}; allowed are {allowed:g3}"));
            }
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

    private static Dictionary<string, double> Distances(IReadOnlyDictionary<string, double[]> actual, IReadOnlyDictionary<string, double[]> expected) =>
        expected.ToDictionary(pair => pair.Key, pair => RelativeError.Of(actual[pair.Key], pair.Value));

    /// <summary>Loss, norm, hits and every state after a step from a state, with momentum from nothing: the buffers then hold this step's gradients.</summary>
    private Dictionary<string, double[]> Outcome(IReadOnlyDictionary<string, Tensor> start, int step, int variation = 0)
    {
        foreach ((string name, Tensor tensor) in start)
        {
            bool isMomentum = name.StartsWith(TrainingGraph.OptimizerPrefix, StringComparison.Ordinal) && tensor.Shape.Count > 1;
            State.Write(name, isMomentum ? new Tensor(tensor.Shape) : tensor);
        }

        StepResult result = Step(step, variation);
        Dictionary<string, double[]> outcome = State.ReadAll().ToDictionary(pair => pair.Key, pair => Array.ConvertAll(pair.Value.Span.ToArray(), x => (double)x));
        outcome["loss"] = [result.Loss];
        outcome["norm"] = [result.Norm];
        outcome["hits"] = [result.Correct];
        return outcome;
    }
}
