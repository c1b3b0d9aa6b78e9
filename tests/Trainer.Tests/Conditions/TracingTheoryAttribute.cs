namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A theory that injects faults into system calls with strace: skipped, with the reason, where that cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TracingTheoryAttribute : TheoryAttribute
{
    public TracingTheoryAttribute() => Skip = Obstacles.ToTracing;
}
