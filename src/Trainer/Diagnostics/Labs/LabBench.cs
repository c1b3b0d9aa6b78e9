using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Where the experiments of a lab are made: pictures, a device, seeds.</summary>
/// <param name="device">Where networks are trained.</param>
/// <param name="train">Pictures of 32x32 in colour with ten classes.</param>
/// <param name="seeds">Each experiment is made so many times; weights and order of the pictures differ.</param>
/// <param name="effort">Share of the usual number of steps; 1 but in tests.</param>
/// <param name="cancellation">Ends it.</param>
public sealed class LabBench(Device device, ImageSource train, int seeds, double effort, CancellationToken cancellation)
{
    private const int Batch = 32;
    private readonly Normalization _normalization = Normalization.Of(train);
    private readonly Examination _examination = new(device);

    /// <summary>Plain descent.</summary>
    internal static TrainingOptions Sgd { get; } = new() { Optimizer = OptimizerName.Sgd, Lr = 0.01, Schedule = ScheduleName.Constant, Batch = Batch };

    /// <summary>Where networks are trained.</summary>
    internal Device Device => device;

    /// <summary>Trains a network once per seed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How; the batch is the bench's.</param>
    /// <param name="steps">Steps at full effort; 1: only the first is looked at.</param>
    internal IReadOnlyList<Observation> Train(Network network, TrainingOptions options, int steps = 1) =>
        [.. Enumerable.Range(1, seeds).Select(seed => Train(network, options with { Seed = (ulong)seed }, steps, (ulong)seed))];

    /// <summary>What the first step changes, once per seed: every parameter, one after the other. With plain descent and a rate of 1 that is the gradient, clipped.</summary>
    internal IReadOnlyList<double[]> FirstSteps(Network network, TrainingOptions options) => [.. Enumerable.Range(1, seeds).Select(seed =>
    {
        cancellation.ThrowIfCancellationRequested();
        options = (options with { Seed = (ulong)seed, Momentum = 0, WeightDecay = 0 }).Resolve();
        TrainingGraph graph = TrainingGraph.Create(network, options.ToStep(Batch, null));
        using StateStore state = device.NewState(graph.Graph);
        InitialState.Fill(state, options);
        IReadOnlyDictionary<string, Tensor> before = state.ReadAll();
        using TrainingStep step = new(graph, device, state, options.Seed);
        BatchLoader loader = new(train, _normalization, Batch, Augmentation.None, options.Seed);
        ImageBatch batch = loader.NewBatch();
        loader.Load(0, 0, batch);
        step.Run(batch, 1, 0);
        return graph.Graph.Parameters.SelectMany(parameter => before[parameter.Name].Span.ToArray().Zip(state.Read(parameter.Name).Span.ToArray(), (was, now) => (double)was - now)).ToArray();
    })];

    /// <summary>A number of each.</summary>
    internal static Measured Measure(IEnumerable<Observation> runs, Func<Observation, double> number) => new([.. runs.Select(number)]);

    /// <summary>Mean loss over the last tenth of the steps; infinite where it is no number.</summary>
    internal static double LateLoss(Observation run)
    {
        double loss = run.Losses.TakeLast(Math.Max(1, run.Losses.Count / 10)).Average();
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    /// <summary>The loss of the first of several runs over the steps, each point a mean of its neighbours.</summary>
    internal static LabCurve Losses(string name, Observation run)
    {
        int width = Math.Max(1, run.Losses.Count / 40);
        return new(name, [.. run.Losses.Chunk(width).Select((losses, i) => ((double)(i * width), losses.Average(loss => (double)loss)))]);
    }

    private Observation Train(Network network, TrainingOptions options, int steps, ulong seed)
    {
        cancellation.ThrowIfCancellationRequested();
        BatchLoader loader = new(train, _normalization, Batch, Augmentation.None, seed);
        double rate = options.Resolve().Lr!.Value;
        return _examination.Of(
            network,
            options,
            null,
            _ => rate,
            loader.NewBatch(),
            (step, batch) => loader.Load(step / loader.BatchesPerEpoch, step % loader.BatchesPerEpoch, batch),
            Math.Max(1, (int)(steps * effort)),
            cancellation);
    }
}
