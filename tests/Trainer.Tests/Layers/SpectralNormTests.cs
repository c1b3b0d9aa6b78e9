using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Layers;

/// <summary>A layer whose weight is divided by its largest singular value stretches nothing, while the weight itself grows and shrinks as it is trained.</summary>
public sealed class SpectralNormTests : IDisposable
{
    private const int Batch = 8;
    private const int Steps = 100;

    // One iteration each: where two singular values are close, the vectors take hundreds to turn to the larger one.
    private const int StepsAtRest = 1000;
    private readonly CpuDevice _device = new(threads: 1, isExact: true);

    [Fact]
    public void The_singular_value_that_is_divided_by_becomes_the_weights_largest()
    {
        Network network = Network.Create(
            "spectral",
            new Sequential(new SpectralNorm(new Conv2d(1, 6, 3, padding: 1)), new ReLU(), new Flatten(), new SpectralNorm(new Linear(6 * 16, 3))),
            channels: 1,
            new Size2(4, 4));
        TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(Batch, new Sgd()));
        using StateStore state = _device.NewState(graph.Graph);
        state.Initialize(seed: 1);
        float[] before = state.Read("0.weight_orig").Span.ToArray();
        Train(graph, state);

        Assert.NotEqual(before, state.Read("0.weight_orig").Span.ToArray());
        foreach (string layer in (string[])["0", "3"])
        {
            Tensor w = state.Read($"{layer}.weight_orig");
            (float[] u, float[] v) = (state.Read($"{layer}.weight_u").Span.ToArray(), state.Read($"{layer}.weight_v").Span.ToArray());
            double sigma = u.Select((s, m) => (double)s * v.Select((t, k) => (double)t * w.Span[(m * v.Length) + k]).Sum()).Sum();

            Assert.InRange(sigma / LargestSingularValue(w), 0.999, 1.00001);
            Assert.InRange(u.Sum(s => (double)s * s), 0.9999, 1.0001);
        }
    }

    [Fact]
    public void A_wrapped_layer_refuses_no_iterations()
    {
        Layer layer = new Sequential(new Flatten(), new SpectralNorm(new Linear(4, 2), iterations: 0));

        ShapeException refusal = Assert.Throws<ShapeException>(() => Network.Create("none", layer, channels: 1, new Size2(2, 2)));
        Assert.Contains("iterations=0", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _device.Dispose();

    private void Train(TrainingGraph graph, StateStore state)
    {
        using TrainingStep step = new(graph, _device, state, seed: 1);
        Random random = new(1);
        float[] images = [.. Enumerable.Range(0, Batch * 16).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [.. Enumerable.Range(0, Batch).Select(i => i % 3)];
        float first = step.Run(images, labels, 0.05, 0).Loss;
        float last = first;
        for (int i = 1; i < Steps + StepsAtRest; i++)
        {
            last = step.Run(images, labels, i < Steps ? 0.05 : 0, i).Loss;
        }

        Assert.True(last < first, $"the loss went from {first} to {last}");
    }

    // Long power iteration on WᵀW, in double.
    private static double LargestSingularValue(Tensor w)
    {
        int outputs = w.Shape[0];
        double[][] rows = [.. w.Span.ToArray().Chunk(w.Shape.Count / outputs).Select(row => row.Select(x => (double)x).ToArray())];
        double[] v = [.. rows[0].Select((_, i) => 1.0 + (i % 3))];
        double norm = 0;
        for (int i = 0; i < 2000; i++)
        {
            double[] u = [.. rows.Select(row => row.Zip(v, (a, b) => a * b).Sum())];
            double[] next = [.. v.Select((_, k) => rows.Select((row, m) => row[k] * u[m]).Sum())];
            norm = Math.Sqrt(next.Sum(x => x * x));
            v = [.. next.Select(x => x / norm)];
        }

        return Math.Sqrt(norm);
    }
}
