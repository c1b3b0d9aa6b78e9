using System.Diagnostics;

namespace Gimbal.Trainer.Tests.Conditions;

/// <summary>A file system in memory, mounted over a folder while it lives.</summary>
internal sealed class TemporaryFileSystem : IDisposable
{
    private readonly string _folder;

    public TemporaryFileSystem(string folder, string options)
    {
        _folder = folder;
        Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
    }

    public void Remount(string options) => Run("mount", "-o", $"remount,{options}", _folder);

    public void Dispose() => Run("umount", _folder);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
