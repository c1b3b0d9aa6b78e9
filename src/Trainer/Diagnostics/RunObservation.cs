using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What the doctor can see of a run from what it left behind, without training.</summary>
public static class RunObservation
{
    /// <summary>Looks at the readings a run took.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">How it was trained: weights begin as its seed makes them.</param>
    /// <param name="readings">In order.</param>
    /// <returns>Null where the first step was not measured, or the network, read from a checkpoint, no longer knows how its weights began.</returns>
    public static Observation? Of(Network network, TrainingOptions options, IReadOnlyList<HealthReading> readings)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(readings);
        bool knowsStart = network.Graph.Parameters.All(weight => weight.Initializer is not null);
        if (readings is not [{ Step: 0 }, ..] || !knowsStart)
        {
            return null;
        }

        using CpuDevice device = new(threads: 1);
        using StateStore state = device.NewState(network.Graph);
        InitialState.Fill(state, options);
        return new Observation(NetworkFacts.Of(network, state.Read), options, readings, [.. readings.Select(r => r.Loss)], [.. readings.Select(r => r.Norm)]);
    }
}
