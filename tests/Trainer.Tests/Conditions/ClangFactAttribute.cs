namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A test that compiles kernels to PTX: skipped, with the reason, where clang 19 is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClangFactAttribute : FactAttribute
{
    public ClangFactAttribute() => Skip = Obstacles.ToClang;
}
