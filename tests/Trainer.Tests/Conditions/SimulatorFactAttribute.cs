using Gimbal.CudaSimulator;

namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A test on the simulated CUDA driver: skipped, with the reason, where it cannot be built.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimulatorFactAttribute : FactAttribute
{
    public SimulatorFactAttribute() => Skip = SimulatorBuild.Obstacle;
}
