namespace Gimbal.Export.Tests.Conditions;

/// <summary>A test with ONNX's own checker: skipped, with the reason, where no Python has it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnnxCheckerFactAttribute : FactAttribute
{
    public OnnxCheckerFactAttribute() => Skip = OnnxChecker.Obstacle;
}
