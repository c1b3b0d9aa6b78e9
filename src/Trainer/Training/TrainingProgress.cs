namespace Gimbal.Trainer.Training;

/// <summary>How far a run has come: told after every step, and after every epoch once it is evaluated.</summary>
/// <param name="Done">Steps taken so far, over all epochs and all lives of the run.</param>
/// <param name="Total">Steps of the whole run.</param>
/// <param name="Epochs">Epochs of the whole run.</param>
/// <param name="Step">The step taken last.</param>
/// <param name="Epoch">The epoch that has just been evaluated; null after a step.</param>
public readonly record struct TrainingProgress(long Done, long Total, int Epochs, StepReport Step, EpochResult? Epoch)
{
    /// <summary>Share of all steps, 0 to 1.</summary>
    public double Share => (double)Done / Total;

    /// <summary>Time that the rest of the training takes at the speed of the epoch so far, without evaluation.</summary>
    public TimeSpan Left => TimeSpan.FromSeconds(Step.SecondsLeft);
}
