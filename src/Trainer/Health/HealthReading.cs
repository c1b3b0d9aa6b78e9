namespace Gimbal.Trainer.Health;

/// <summary>The health of a network in one step.</summary>
/// <param name="Step">Number of the step, from 0.</param>
/// <param name="Loss">Mean loss of the batch before the update.</param>
/// <param name="Norm">Norm of all gradients before clipping.</param>
/// <param name="Layers">Layers with weights, from the images to the logits.</param>
public sealed record HealthReading(long Step, float Loss, float Norm, IReadOnlyList<LayerHealth> Layers);
