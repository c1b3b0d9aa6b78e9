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
    private const float Spike = 100;
    private readonly Normalization _normalization = Normalization.Of(train);
    private readonly Examination _examination = new(device);
    private readonly List<LabRun> _runs = [];

    /// <summary>Descent with the usual momentum, 0.9, and weight decay, 1e-4, at one rate.</summary>
    internal static TrainingOptions Sgd { get; } = new() { Optimizer = OptimizerName.Sgd, Lr = 0.01, Schedule = ScheduleName.Constant, Batch = Batch };

    /// <summary>All that <see cref="Train(Network, TrainingOptions, int, double)"/> trained, in order.</summary>
    public IReadOnlyList<LabRun> Runs => _runs;

    /// <summary>Trains a network once per seed.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How; the batch is the bench's.</param>
    /// <param name="steps">Steps at full effort; 1: only the first is looked at.</param>
    /// <param name="spike">Share of the steps ahead of one whose pixels are a hundred times too large; 1: there is none.</param>
    internal IReadOnlyList<Observation> Train(Network network, TrainingOptions options, int steps = 1, double spike = 1)
    {
        LabRun run = new(network.Name, [.. Enumerable.Range(1, seeds).Select(seed => Train(network, options with { Seed = (ulong)seed }, steps, spike, (ulong)seed))]);
        _runs.Add(run);
        return run.Seen;
    }

    /// <summary>Trains a network once per seed, then takes its loss on all pictures in two ways: as in training, by the statistics of each batch, and as it is deployed, by the running ones. The weights are the same.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How; the batch counts.</param>
    /// <param name="steps">Steps at full effort.</param>
    internal (Measured Training, Measured Deployed) LossesOf(Network network, TrainingOptions options, int steps)
    {
        (double Training, double Deployed)[] losses = [.. Enumerable.Range(1, seeds).Select(seed => LossesOf(network, (options with { Seed = (ulong)seed }).Resolve(), steps, (ulong)seed))];
        return (new([.. losses.Select(loss => loss.Training)]), new([.. losses.Select(loss => loss.Deployed)]));
    }

    /// <summary>What the first step changes, once per seed: every parameter, one after the other. Without momentum and at a rate of 1 that is the gradient, clipped.</summary>
    internal IReadOnlyList<double[]> FirstSteps(Network network, TrainingOptions options) => [.. Enumerable.Range(1, seeds).Select(seed =>
    {
        cancellation.ThrowIfCancellationRequested();
        options = (options with { Seed = (ulong)seed, Momentum = 0, WeightDecay = 0 }).Resolve();
        TrainingGraph graph = TrainingGraph.Create(network, options.ToStep(Batch, null));
        using StateStore state = device.NewState(graph.Graph);
        InitialState.Fill(state, options, network, pictures: null);
        IReadOnlyDictionary<string, Tensor> before = state.ReadAll();
        using TrainingStep step = new(graph, device, state, options.Seed);
        BatchLoader loader = new(train, _normalization, Batch, Augmentation.None, options.Seed);
        ImageBatch batch = loader.NewBatch();
        loader.Load(0, 0, batch);
        step.Run(batch, 1, 0);
        return graph.Graph.Parameters.SelectMany(parameter => before[parameter.Name].Span.ToArray().Zip(state.Read(parameter.Name).Span.ToArray(), (was, now) => (double)was - now)).ToArray();
    })];

    /// <summary>The losses over the tenth of the steps that comes ahead of a share of them; infinite where their mean is no number.</summary>
    internal static double LossAhead(Observation run, double share)
    {
        int tenth = Math.Max(1, run.Losses.Count / 10);
        double loss = run.Losses.Take((int)(share * run.Losses.Count)).TakeLast(tenth).DefaultIfEmpty(run.Losses[0]).Average();
        return double.IsFinite(loss) ? loss : double.PositiveInfinity;
    }

    /// <summary>A number of each.</summary>
    internal static Measured Measure(IEnumerable<Observation> runs, Func<Observation, double> number) => new([.. runs.Select(number)]);

    /// <summary>Mean loss over the last tenth of the steps; infinite where it is no number.</summary>
    internal static double LateLoss(Observation run) => LossAhead(run, 1);

    /// <summary>The loss of the first of several runs over the steps, each point a mean of its neighbours.</summary>
    internal static LabCurve Losses(string name, Observation run)
    {
        int width = Math.Max(1, run.Losses.Count / 40);
        return new(name, [.. run.Losses.Chunk(width).Select((losses, i) => ((double)(i * width), losses.Average(loss => (double)loss)))]);
    }

    private (double Training, double Deployed) LossesOf(Network network, TrainingOptions options, int steps, ulong seed)
    {
        TrainingGraph graph = TrainingGraph.Create(network, options.ToStep(options.Batch, null));
        using StateStore state = device.NewState(graph.Graph);
        InitialState.Fill(state, options, network, pictures: null);
        using TrainingStep step = new(graph, device, state, options.Seed);
        BatchLoader loader = new(train, _normalization, options.Batch, Augmentation.None, seed);
        ImageBatch batch = loader.NewBatch();
        float LossOf(int i, double rate)
        {
            cancellation.ThrowIfCancellationRequested();
            loader.Load(i / loader.BatchesPerEpoch, i % loader.BatchesPerEpoch, batch);
            return step.Run(batch, rate, i).Loss;
        }

        int count = StepsOf(steps);
        for (int i = 0; i < count; i++)
        {
            LossOf(i, options.Lr!.Value);
        }

        IReadOnlyDictionary<string, Tensor> weights = state.ReadAll();
        // An epoch that has not begun, so that every picture comes once. At a rate of 0 the weights stay; the running statistics do not, and are read already.
        int next = ((count / loader.BatchesPerEpoch) + 1) * loader.BatchesPerEpoch;
        double training = Enumerable.Range(next, Math.Max(1, (int)(Math.Min(1, effort) * loader.BatchesPerEpoch))).Average(i => (double)LossOf(i, 0));
        return (training, DeployedLoss(network, weights));
    }

    private double DeployedLoss(Network network, IReadOnlyDictionary<string, Tensor> weights)
    {
        using Evaluator evaluator = new(network, device, Batch);
        evaluator.Load(weights);
        OrderedBatches batches = new(train, _normalization, Batch);
        ImageBatch batch = batches.NewBatch();
        return Enumerable.Range(0, batches.Count).Sum(i =>
        {
            batches.Load(i, batch);
            return (double)evaluator.Evaluate(batch).Loss * batch.Held;
        }) / train.Count;
    }

    private int StepsOf(int steps) => Math.Max(1, (int)(steps * effort));

    private Observation Train(Network network, TrainingOptions options, int steps, double spike, ulong seed)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = StepsOf(steps);
        BatchLoader loader = new(train, _normalization, Batch, Augmentation.None, seed);
        double rate = options.Resolve().Lr!.Value;
        return _examination.Of(
            network,
            options,
            null,
            _ => rate,
            loader.NewBatch(),
            (step, batch) =>
            {
                loader.Load(step / loader.BatchesPerEpoch, step % loader.BatchesPerEpoch, batch);
                if (step == (int)(spike * count))
                {
                    System.Numerics.Tensors.TensorPrimitives.Multiply(batch.Images, Spike, batch.Images);
                }
            },
            count,
            cancellation);
    }
}
