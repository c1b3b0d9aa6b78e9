namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A test that mounts a small file system: skipped, with the reason, where the process may not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip = Obstacles.ToMounting;
}
