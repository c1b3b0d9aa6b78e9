using Gimbal.Trainer.Health;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Diagnostics;

/// <summary>What the doctor can see of a run from what it left behind, without training.</summary>
public static class RunObservation
{
    /// <summary>Looks at the readings a run took.</summary>
    /// <param name="network">The network, from code or from a checkpoint.</param>
    /// <param name="options">How it was trained.</param>
    /// <param name="readings">In order.</param>
    /// <returns>Null where the first step was not measured: how the network began is not known then.</returns>
    public static Observation? Of(Network network, TrainingOptions options, IReadOnlyList<HealthReading> readings)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(readings);
        return readings is [{ Step: 0 } start, ..]
            ? new Observation(NetworkFacts.Of(network, start), options.Resolve(), readings, [.. readings.Select(r => r.Loss)], [.. readings.Select(r => r.Norm)])
            : null;
    }
}
