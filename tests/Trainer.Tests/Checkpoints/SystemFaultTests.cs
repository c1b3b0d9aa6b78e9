using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>The writer of this system against real system calls that fail.</summary>
public sealed class SystemFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gimbal-faults-").FullName;

    private string Last => Path.Combine(_folder, "last.safetensors");

    [TracingTheory]
    [InlineData("fallocate:error=ENOSPC:when=1", "cannot create a temporary file beside it: no room for ", 1)]
    [InlineData("pwrite64:error=ENOSPC:when=1", "cannot write: No space left on device", 1)]
    [InlineData("fsync:error=EIO:when=1", "cannot sync: Input/output error", 1)]
    [InlineData("rename:error=EACCES:when=1", "cannot rename it to last.previous.safetensors: Permission denied", 1)]
    [InlineData("rename:error=EIO:when=2", "cannot rename a temporary file to it: Input/output error", 1)]
    [InlineData("fsync:error=EIO:when=2", "cannot sync its folder: Input/output error", 2)]
    public void A_system_call_that_fails_is_reported_and_costs_nothing(string injection, string report, int step)
    {
        Save(1);

        (int exitCode, string error) = SaveOneMore(injection);

        Assert.Equal((74, 1), (exitCode, error.Count(c => c == '\n')));
        Assert.StartsWith($"error: {Last}: {report}", error, StringComparison.Ordinal);
        Assert.Equal(step, CheckpointFolder.LoadLast(_folder)?.Checkpoint.Step);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [TracingTheory]
    [InlineData("pwrite64:signal=KILL:when=1", 1)]
    [InlineData("fsync:signal=KILL:when=1", 1)]
    [InlineData("rename:signal=KILL:when=1", 1)]
    [InlineData("rename:signal=KILL:when=2", 1)]
    [InlineData("fsync:signal=KILL:when=2", 2)]
    public void A_kill_at_a_system_call_costs_nothing(string injection, int step)
    {
        Save(1);

        (int exitCode, _) = SaveOneMore(injection);

        Assert.Equal(128 + 9, exitCode);
        Assert.InRange(CheckpointFolder.LoadLast(_folder)!.Checkpoint.Step, step, 2);
        CheckpointFolder.Open(_folder).Dispose();
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [TracingFact]
    public void A_save_syncs_and_renames_no_more_often_than_the_faults_above_reach()
    {
        Save(1);

        Assert.Equal((0, ""), SaveOneMore("fsync:error=EIO:when=3", "rename:error=EIO:when=3"));
        Assert.Equal(2, CheckpointFolder.LoadLast(_folder)?.Checkpoint.Step);
    }

    [MountFact]
    public void A_full_disk_leaves_the_checkpoints_as_they_were_and_saving_goes_on_when_there_is_room()
    {
        using TemporaryFileSystem disk = new(_folder, "size=1m");
        Save(1);
        Save(2);
        byte[] last = File.ReadAllBytes(Last);

        DiskException full = Assert.Throws<DiskException>(() => Save(3));

        Assert.StartsWith($"{Last}: cannot create a temporary file beside it: no room for ", full.Message, StringComparison.Ordinal);
        Assert.Equal(last, File.ReadAllBytes(Last));
        Assert.Equal(1, Checkpoint.Load(Path.Combine(_folder, "last.previous.safetensors")).Step);
        Assert.Equal(3, Directory.GetFiles(_folder).Length);

        File.Delete(Path.Combine(_folder, "last.previous.safetensors"));
        Save(3);
        Assert.Equal(3, CheckpointFolder.LoadLast(_folder)?.Checkpoint.Step);
    }

    [MountFact]
    public void A_disk_that_fills_up_while_writing_leaves_the_file_as_it_was()
    {
        using TemporaryFileSystem disk = new(_folder, "size=1m");
        string path = Path.Combine(_folder, "metrics.jsonl");
        DurableFile.Write(path, "old"u8);

        DiskException full = Assert.Throws<DiskException>(() => DurableFile.Write(path, stream =>
        {
            for (int i = 0; i < 2000; i++)
            {
                stream.Write(new byte[1000]);
            }
        }));

        Assert.Equal($"{path}: cannot write: No space left on device", full.Message);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [MountFact]
    public void A_disk_that_became_read_only_is_named()
    {
        using TemporaryFileSystem disk = new(_folder, "size=1m");
        Save(1);
        disk.Remount("ro");

        Assert.Equal(
            $"{Last}: cannot create a temporary file beside it: Read-only file system",
            Assert.Throws<DiskException>(() => CheckpointSamples.At(2).Save(Last)).Message);
        Assert.Equal(1, CheckpointFolder.LoadLast(_folder)?.Checkpoint.Step);
    }

    [Fact]
    public void A_folder_without_permission_to_write_is_named()
    {
        // Root may write to any folder but those the kernel itself keeps.
        string folder = Environment.IsPrivilegedProcess ? "/sys/kernel" : _folder;
        if (!Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        string path = Path.Combine(folder, "model.onnx");
        string message = Assert.Throws<DiskException>(() => DurableFile.Write(path, "x"u8)).Message;

        Assert.Contains(message, new[] { "Permission denied", "Read-only file system", "Operation not permitted" }.Select(reason => $"{path}: cannot create a temporary file beside it: {reason}"));
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private void Save(int step)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(_folder);
        folder.SaveLast(CheckpointSamples.At(step, elements: 100_000));
    }

    private (int ExitCode, string Error) SaveOneMore(params string[] injections) => KillTargetProcess.RunUnder(
        ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=fallocate,pwrite64,fsync,rename", .. injections.SelectMany(i => new[] { "-e", $"inject={i}" })],
        "durable",
        _folder,
        "1");
}
