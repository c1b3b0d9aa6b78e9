using Gimbal.SideBySide;

namespace Gimbal.Oracle.Tests;

/// <summary>A test that needs libtorch: skipped, with the reason, where it does not load.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = Obstacle;

    /// <summary>Why libtorch cannot be asked; none where the environment says CI=true: there the tests run and fail.</summary>
    internal static string? Obstacle =>
        string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase) ? null : Libtorch.Obstacle;
}
