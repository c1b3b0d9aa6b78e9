using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>What a run leaves on disk, whenever it is cut off.</summary>
public sealed class RunFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_best_checkpoint_is_safe_before_the_last_says_that_it_is_the_best()
    {
        // A folder in the place of the last checkpoint stops the save there, as a kill would.
        _folder.Write("checkpoints/last.safetensors/in-the-way", [1]);
        using CpuDevice device = new(1);
        using TrainingRun run = new(SmallRun.Model(SmallRun.Options), SmallRun.Data(32), SmallRun.Options, device);
        using RunFolder folder = RunFolder.Open(_folder.Path);

        Assert.Throws<DiskException>(() => folder.Save(run, isBest: true));

        Assert.Equal(0, Checkpoint.Load(_folder["checkpoints/best.safetensors"]).Step);
    }

    [Fact]
    public void What_a_killed_run_left_half_written_goes_and_all_else_stays()
    {
        string left = _folder.Write(".metrics.csv.0123456789abcdef.tmp", [1]);
        string own = _folder.Write("notes.tmp", [1]);

        using RunFolder folder = RunFolder.Open(_folder.Path);

        Assert.False(File.Exists(left));
        Assert.True(File.Exists(own));
    }
}
