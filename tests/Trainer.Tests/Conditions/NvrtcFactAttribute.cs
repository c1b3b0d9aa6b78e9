namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A test that compiles kernels with NVIDIA's compiler, which is not free software: skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NvrtcFactAttribute : FactAttribute
{
    public NvrtcFactAttribute() => Skip = Obstacles.ToNvrtc;
}
