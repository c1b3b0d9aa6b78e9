using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>Trains a network for a few steps and keeps what its signals looked like. What is examined is a copy: nothing of the caller's changes.</summary>
/// <param name="device">Where.</param>
/// <param name="pictures">What a first convolution begins with where the options ask for that; null where none do.</param>
public sealed class Examination(Device device, PatchComponents? pictures = null)
{
    /// <summary>Steps a doctor wants to see.</summary>
    public const int UsualSteps = 30;

    private const int Readings = 6;

    /// <summary>Takes steps from the initial weights, or from given ones.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it is trained; its batch is that of <paramref name="batch"/>.</param>
    /// <param name="start">The state to begin with; null: as a run begins.</param>
    /// <param name="rate">The learning rate of a step, from 0.</param>
    /// <param name="batch">Room for a batch.</param>
    /// <param name="load">Fills it for a step, from 0.</param>
    /// <param name="steps">How many, 1 or more.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Observation Of(
        Network network,
        TrainingOptions options,
        IReadOnlyDictionary<string, Tensor>? start,
        Func<int, double> rate,
        ImageBatch batch,
        Action<int, ImageBatch> load,
        int steps = UsualSteps,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rate);
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(load);
        options = options.Resolve();
        TrainingGraph graph = TrainingGraph.Create(network, options.ToStep(batch.Size, null));
        using StateStore state = device.NewState(graph.Graph);
        InitialState.Fill(state, options, network, pictures);
        foreach ((string name, Tensor tensor) in start?.Where(pair => state.States.Any(v => v.Name == pair.Key)) ?? [])
        {
            state.Write(name, tensor);
        }

        using TrainingStep step = new(graph, device, state, options.Seed);
        List<HealthReading> readings = [];
        List<float> losses = [];
        List<float> norms = [];
        for (int i = 0; i < steps; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            load(i, batch);
            bool isMeasured = i * Readings / steps != (i - 1) * Readings / steps || i == 0 || i == steps - 1;
            StepResult result = step.Run(batch, rate(i), i, isMeasured);
            losses.Add(result.Loss);
            norms.Add(result.Norm);
            if (isMeasured)
            {
                readings.Add(step.Health);
            }
        }

        return new Observation(NetworkFacts.Of(network, readings[0]), options, readings, losses, norms) { IsUnderway = start is not null, Rates = [.. Enumerable.Range(0, steps).Select(rate)] };
    }
}
