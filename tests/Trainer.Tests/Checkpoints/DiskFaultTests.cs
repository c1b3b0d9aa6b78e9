using Gimbal.Trainer.Checkpoints;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class DiskFaultTests
{
    private const string Folder = "/runs/a/checkpoints";

    private static readonly string[] Complete = [".lock", "best.safetensors", "last.previous.safetensors", "last.safetensors"];

    public static TheoryData<int, string> Errors => new()
    {
        { 5, "Input/output error" },
        { 13, "Permission denied" },
        { 28, "No space left on device" },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_fault_at_any_operation_is_reported_and_a_checkpoint_still_loads(int error, string text)
    {
        foreach (bool lasting in new[] { false, true })
        {
            int reported = 0;
            int operations = OperationsOfSaving();
            for (int operation = 0; operation < operations; operation++)
            {
                (SimulatedDisk disk, CheckpointFolder folder) = Saved();
                int first = disk.Operations + operation;
                disk.Fault = number => number == first || (lasting && number > first) ? error : 0;
                reported += TrySave(folder, text) ? 1 : 0;

                disk.Fault = _ => 0;
                AssertLoads(disk, from: 3, to: 4);
                AssertLoads(disk.AfterPowerCut(new Random(operation)), from: 3, to: 4);
                AssertGoesOn(disk, folder, leftovers: lasting);
            }

            // All but the reading of the checkpoint before, which only decides whether it is worth keeping.
            Assert.True(reported >= operations - 1, $"{reported} of {operations}");
        }
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public void A_fault_at_any_operation_of_opening_is_reported(int error, string text)
    {
        SimulatedDisk counting = new();
        CheckpointFolder.Open(counting, Folder).Dispose();
        Assert.True(counting.Operations >= 8);
        for (int operation = 0; operation < counting.Operations; operation++)
        {
            int failing = operation;
            SimulatedDisk disk = new() { Fault = number => number == failing ? error : 0 };

            DiskException fault = Assert.Throws<DiskException>(() => CheckpointFolder.Open(disk, Folder));

            Assert.StartsWith($"{Folder}: cannot ", fault.Message, StringComparison.Ordinal);
            Assert.EndsWith(text, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_failed_sync_is_not_tried_again_on_the_same_file()
    {
        (SimulatedDisk disk, CheckpointFolder folder) = Saved();
        folder.SaveLast(CheckpointSamples.At(4));

        // Create, four pages, sync: the error loses the pages, and only a new file can hold them again.
        int sync = disk.Operations + 5;
        disk.Fault = number => number == sync ? 5 : 0;
        DiskException fault = Assert.Throws<DiskException>(() => folder.SaveLast(CheckpointSamples.At(5)));
        Assert.Equal($"{Folder}/last.safetensors: cannot sync: Input/output error", fault.Message);

        folder.SaveLast(CheckpointSamples.At(5));
        AssertLoads(disk.AfterPowerCut(new Random(1)), from: 5, to: 5);
    }

    private static (SimulatedDisk Disk, CheckpointFolder Folder) Saved()
    {
        SimulatedDisk disk = new();
        CheckpointFolder folder = CheckpointFolder.Open(disk, Folder);
        folder.SaveBest(CheckpointSamples.At(1));
        folder.SaveLast(CheckpointSamples.At(2));
        folder.Dispose();
        folder = CheckpointFolder.Open(disk, Folder);
        folder.SaveLast(CheckpointSamples.At(3));
        folder.Dispose();
        return (disk, CheckpointFolder.Open(disk, Folder));
    }

    private static int OperationsOfSaving()
    {
        (SimulatedDisk disk, CheckpointFolder folder) = Saved();
        int before = disk.Operations;
        folder.SaveLast(CheckpointSamples.At(4));
        return disk.Operations - before;
    }

    private static bool TrySave(CheckpointFolder folder, string text)
    {
        try
        {
            folder.SaveLast(CheckpointSamples.At(4));
            return false;
        }
        catch (DiskException e)
        {
            Assert.StartsWith($"{Folder}/last.safetensors: cannot ", e.Message, StringComparison.Ordinal);
            Assert.EndsWith(text, e.Message, StringComparison.Ordinal);
            return true;
        }
    }

    private static void AssertLoads(SimulatedDisk disk, int from, int to)
    {
        LoadedCheckpoint loaded = Assert.IsType<LoadedCheckpoint>(CheckpointFolder.LoadLast(disk, Folder));
        Assert.InRange(loaded.Checkpoint.Step, from, to);
        Assert.Equal(CheckpointSamples.BytesOf(CheckpointSamples.At(loaded.Checkpoint.Step)), CheckpointSamples.BytesOf(loaded.Checkpoint));
    }

    private static void AssertGoesOn(SimulatedDisk disk, CheckpointFolder folder, bool leftovers)
    {
        if (!leftovers)
        {
            Assert.Empty(disk.List(Folder).Except(Complete));
        }

        folder.SaveLast(CheckpointSamples.At(5));
        LoadedCheckpoint loaded = Assert.IsType<LoadedCheckpoint>(CheckpointFolder.LoadLast(disk, Folder));
        Assert.Equal(5, loaded.Checkpoint.Step);
        Assert.Null(loaded.Notice);
        folder.Dispose();
        CheckpointFolder.Open(disk, Folder).Dispose();
        Assert.Equal(Complete, disk.List(Folder).Order(StringComparer.Ordinal));
    }
}
