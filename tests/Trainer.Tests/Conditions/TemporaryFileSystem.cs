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

    // Lazily: a process that another test is just starting holds copies of all open files until it executes its program, which may be a moment longer than
    // the file on this disk is open, and keeps the disk busy for so long.
    public void Dispose() => Run("umount", "--lazy", _folder);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
