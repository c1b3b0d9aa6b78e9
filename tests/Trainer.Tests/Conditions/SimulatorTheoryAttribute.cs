using Gimbal.CudaSimulator;

namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A theory on the simulated CUDA driver: skipped, with the reason, where it cannot be built.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SimulatorTheoryAttribute : TheoryAttribute
{
    public SimulatorTheoryAttribute() => Skip = SimulatorBuild.Obstacle;
}
