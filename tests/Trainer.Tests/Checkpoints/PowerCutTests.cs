using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class PowerCutTests
{
    private const string Folder = "/runs/a/checkpoints";
    private const int Committed = 3;

    /// <summary>The checkpoints' sequence and the single file's, each with how to find the step that survived.</summary>
    public static TheoryData<string> Writers => ["last", "best"];

    [Theory]
    [MemberData(nameof(Writers))]
    public void After_a_power_cut_at_any_operation_the_old_or_the_new_checkpoint_is_found(string writer)
    {
        (int states, int lost) = Explore(() => new SimulatedDisk(), (disk, step) => Save(disk, writer, step), disk => Recover(disk, writer), statesPerOperation: 250);

        Assert.True(states >= 2500, $"only {states} states");
        Assert.Equal(0, lost);
    }

    [Fact]
    public void A_device_that_ignores_syncs_loses_checkpoints()
    {
        (int states, int lost) = Explore(() => new SimulatedDisk { IgnoresSync = true }, (disk, step) => Save(disk, "last", step), disk => Recover(disk, "last"), 50);

        Assert.True(lost > states / 10, $"{lost} of {states}");
    }

    [Fact]
    public void A_device_that_ignores_syncs_of_folders_loses_checkpoints()
    {
        (int states, int lost) = Explore(() => new SimulatedDisk { IgnoresFolderSync = true }, (disk, step) => Save(disk, "last", step), disk => Recover(disk, "last"), 50);

        Assert.True(lost > states / 10, $"{lost} of {states}");
    }

    [Fact]
    public void Writing_in_place_loses_checkpoints()
    {
        (int states, int lost) = Explore(() => new SimulatedDisk(), SaveInPlace, disk => Recover(disk, "best"), 50);

        Assert.True(lost > states / 10, $"{lost} of {states}");
    }

    [Fact]
    public void Runs_that_are_cut_again_and_again_never_fall_back_behind_what_was_saved()
    {
        Random random = new(3);
        SimulatedDisk disk = new();
        int committed = 0;
        int cuts = 0;
        for (int chain = 0; chain < 1500; chain++)
        {
            disk.CutAt = disk.Operations + random.Next(60);
            int attempted = committed;
            try
            {
                using CheckpointFolder folder = CheckpointFolder.Open(disk, Folder);
                for (int saves = 0; saves < 3; saves++)
                {
                    folder.SaveLast(CheckpointSamples.At(++attempted, elements: 1500));
                    committed = attempted;
                }
            }
            catch (SimulatedDisk.PowerCutException)
            {
                cuts++;
            }

            disk = disk.AfterPowerCut(random);
            int found = Recover(disk, "last") ?? 0;
            Assert.True(found == committed || found == attempted, $"{found}, saved {committed}, attempted {attempted}");
            committed = found;
        }

        Assert.True(cuts > 500, $"only {cuts} cuts");
    }

    /// <summary>Cuts the power at every operation of a fourth save and counts the outcomes that are neither the third nor the fourth.</summary>
    private static (int States, int Lost) Explore(
        Func<SimulatedDisk> newDisk, Action<SimulatedDisk, int> save, Func<SimulatedDisk, int?> recover, int statesPerOperation)
    {
        Random random = new(1);
        int states = 0;
        int lost = 0;
        bool completed = false;
        for (int operation = 0; !completed; operation++)
        {
            SimulatedDisk disk = newDisk();
            for (int step = 1; step <= Committed; step++)
            {
                save(disk, step);
            }

            disk.CutAt = disk.Operations + operation;
            try
            {
                save(disk, Committed + 1);
                completed = true;
            }
            catch (SimulatedDisk.PowerCutException)
            {
            }

            for (int i = 0; i < statesPerOperation; i++)
            {
                int? found = recover(disk.AfterPowerCut(random));
                lost += found == Committed + 1 || (found == Committed && !completed) ? 0 : 1;
                states++;
            }
        }

        return (states, lost);
    }

    private static void Save(SimulatedDisk disk, string writer, int step)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(disk, Folder);
        if (writer == "last")
        {
            folder.SaveLast(CheckpointSamples.At(step));
        }
        else
        {
            folder.SaveBest(CheckpointSamples.At(step));
        }
    }

    private static void SaveInPlace(SimulatedDisk disk, int step)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(disk, Folder);
        disk.Overwrite($"{Folder}/{CheckpointFolder.BestName}", CheckpointSamples.BytesOf(CheckpointSamples.At(step)));
        disk.SyncFolder(Folder);
    }

    /// <summary>The step that is found, after checking that it is found whole and that falling back is said; null when nothing loads.</summary>
    private static int? Recover(SimulatedDisk disk, string writer)
    {
        try
        {
            if (CheckpointFolder.LoadLast(disk, Folder) is not { } loaded)
            {
                return null;
            }

            bool asked = Path.GetFileName(loaded.Path) == $"{writer}.safetensors";
            Assert.Equal(asked && writer == "last", loaded.Notice is null);
            int step = (int)loaded.Checkpoint.Step;
            Checkpoint expected = CheckpointSamples.At(step, loaded.Checkpoint.Tensors["conv1.weight"].Shape.Count);
            Assert.Equal(CheckpointSamples.BytesOf(expected), CheckpointSamples.BytesOf(loaded.Checkpoint));
            return step;
        }
        catch (DataFileException)
        {
            return null;
        }
    }
}
