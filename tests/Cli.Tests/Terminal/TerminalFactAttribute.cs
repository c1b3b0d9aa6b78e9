namespace Gimbal.Cli.Tests.Terminal;

/// <summary>A test on a terminal: skipped, with the reason, where nothing can play one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TerminalFactAttribute : FactAttribute
{
    public TerminalFactAttribute() => Skip = OperatingSystem.IsLinux() && File.Exists("/usr/bin/script") && File.Exists("/usr/bin/stty")
        ? null
        : "needs the commands script and stty (Debian: bsdutils, coreutils)";
}
