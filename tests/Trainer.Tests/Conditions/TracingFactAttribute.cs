namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A test that injects faults into system calls with strace: skipped, with the reason, where that cannot run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TracingFactAttribute : FactAttribute
{
    public TracingFactAttribute() => Skip = Obstacles.ToTracing;
}
