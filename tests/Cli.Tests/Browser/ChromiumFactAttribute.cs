namespace Gimbal.Cli.Tests.Browser;

/// <summary>A test in a browser: skipped, with the reason, where Chromium is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Obstacle;
}
