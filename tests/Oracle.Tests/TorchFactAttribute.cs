using Gimbal.SideBySide;

namespace Gimbal.Oracle.Tests;

/// <summary>A test that needs libtorch: skipped, with the reason, where it does not load, unless the environment says CI=true; there it runs and fails.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute()
    {
        if (!IsContinuousIntegration)
        {
            Skip = Libtorch.Obstacle;
        }
    }

    private static bool IsContinuousIntegration =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);
}
