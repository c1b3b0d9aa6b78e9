using Gimbal.Trainer.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gimbal.Trainer.Training;

/// <summary>What a run calls while it trains.</summary>
public sealed record RunCallbacks
{
    /// <summary>After every step.</summary>
    public Action<StepReport>? Step { get; init; }

    /// <summary>After every step that measured the health of its layers, ahead of <see cref="Step"/>: the first, and every <see cref="TrainingOptions.HealthEvery"/>-th.</summary>
    public Action<HealthReading>? Health { get; init; }

    /// <summary>After every epoch, once it is evaluated.</summary>
    public Action<EpochResult>? Epoch { get; init; }

    /// <summary>
    /// After every step and every epoch, behind <see cref="Step"/> and <see cref="Epoch"/>, on the thread that trains. A <see cref="Progress{T}"/> carries it to the
    /// thread it was made on, where a window may be drawn; it may lag behind and keeps nothing waiting.
    /// </summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>When the state is worth saving: at the end of an epoch, every so many steps, on cancellation. The second argument tells whether the epoch just completed is the best so far.</summary>
    public Action<TrainingRun, bool>? Save { get; init; }

    /// <summary>Steps between saves inside an epoch; 0: none.</summary>
    public int SaveSteps { get; init; }

    /// <summary>Receives what the run notices: where it begins or goes on, every epoch, a stop (information), and steps that are skipped (warning).</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
