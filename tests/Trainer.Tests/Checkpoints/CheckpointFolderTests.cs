using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class CheckpointFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("gimbal-checkpoints-").FullName;

    private string Folder => Path.Combine(_root, "run", "checkpoints");

    private string Last => Path.Combine(Folder, "last.safetensors");

    private string Previous => Path.Combine(Folder, "last.previous.safetensors");

    [Fact]
    public void Nothing_is_loaded_where_nothing_was_saved()
    {
        Assert.Null(CheckpointFolder.LoadLast(Folder));
        CheckpointFolder.Open(Folder).Dispose();
        Assert.Null(CheckpointFolder.LoadLast(Folder));
    }

    [Fact]
    public void The_newest_and_the_one_before_it_are_kept_and_the_best_apart()
    {
        Save(1, 2, 3);
        using (CheckpointFolder folder = CheckpointFolder.Open(Folder))
        {
            folder.SaveBest(CheckpointSamples.At(2));
        }

        Assert.Equal(3, Checkpoint.Load(Last).Step);
        Assert.Equal(2, Checkpoint.Load(Previous).Step);
        Assert.Equal(2, Checkpoint.Load(Path.Combine(Folder, "best.safetensors")).Step);
        LoadedCheckpoint loaded = Assert.IsType<LoadedCheckpoint>(CheckpointFolder.LoadLast(Folder));
        Assert.Equal(3, loaded.Checkpoint.Step);
        Assert.Equal(Last, loaded.Path);
        Assert.Null(loaded.Notice);
        Assert.Equal([".lock", "best.safetensors", "last.previous.safetensors", "last.safetensors"], Names());
    }

    [Fact]
    public void A_damaged_newest_gives_way_to_the_one_before_it_and_says_so()
    {
        Save(1, 2);
        Damage(Last);

        LoadedCheckpoint loaded = Assert.IsType<LoadedCheckpoint>(CheckpointFolder.LoadLast(Folder));

        Assert.Equal(1, loaded.Checkpoint.Step);
        Assert.Equal(
            $"{Last}: does not agree with its own digest; the file is damaged (metadata gimbal.sha256); going on from last.previous.safetensors, step 1",
            loaded.Notice);
    }

    [Fact]
    public void A_missing_newest_gives_way_to_the_one_before_it_and_says_so()
    {
        Save(1, 2);
        File.Delete(Last);

        Assert.Equal($"{Last}: no such file; going on from last.previous.safetensors, step 1", CheckpointFolder.LoadLast(Folder)?.Notice);
    }

    [Fact]
    public void The_best_is_taken_when_it_is_newer_than_the_one_before_the_newest()
    {
        Save(1, 2);
        using (CheckpointFolder folder = CheckpointFolder.Open(Folder))
        {
            folder.SaveBest(CheckpointSamples.At(2));
        }

        File.WriteAllText(Last, "");

        Assert.EndsWith("going on from best.safetensors, step 2", CheckpointFolder.LoadLast(Folder)?.Notice, StringComparison.Ordinal);
    }

    [Fact]
    public void When_nothing_is_sound_the_newest_is_named()
    {
        Save(1, 2);
        Damage(Last);
        Damage(Previous);

        Assert.StartsWith($"{Last}: ", Assert.Throws<DataFileException>(() => CheckpointFolder.LoadLast(Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_newest_never_takes_the_place_of_a_sound_one_before_it()
    {
        Save(1, 2);
        Damage(Last);

        Save(3);

        Assert.Equal(3, Checkpoint.Load(Last).Step);
        Assert.Equal(1, Checkpoint.Load(Previous).Step);
    }

    [Fact]
    public void Two_runs_cannot_write_one_folder()
    {
        using (CheckpointFolder first = CheckpointFolder.Open(Folder))
        {
            DiskException error = Assert.Throws<DiskException>(() => CheckpointFolder.Open(Folder));
            Assert.Equal($"{Folder}: cannot lock: another run is writing to it; wait for its end or choose another folder", error.Message);
            first.SaveLast(CheckpointSamples.At(1));
            Assert.Equal(1, CheckpointFolder.LoadLast(Folder)?.Checkpoint.Step);
        }

        CheckpointFolder.Open(Folder).Dispose();
    }

    [Fact]
    public void Opening_removes_temporary_files_of_killed_runs()
    {
        Save(1);
        File.WriteAllText(Path.Combine(Folder, ".last.safetensors.0123456789abcdef.tmp"), "half");
        File.WriteAllText(Path.Combine(Folder, "notes.tmp"), "mine");

        CheckpointFolder.Open(Folder).Dispose();

        Assert.Equal([".lock", "last.safetensors", "notes.tmp"], Names());
    }

    [Fact]
    public void A_checkpoint_file_that_is_missing_is_named() =>
        Assert.Equal($"{Last}: no such file", Assert.Throws<DataFileException>(() => Checkpoint.Load(Last)).Message);

    [Fact]
    public void A_checkpoint_is_saved_and_loaded_by_itself()
    {
        string path = Path.Combine(_root, "alone.safetensors");
        CheckpointSamples.At(7).Save(path);

        Assert.Equal(CheckpointSamples.BytesOf(CheckpointSamples.At(7)), File.ReadAllBytes(path));
        Assert.Equal(7, Checkpoint.Load(path).Step);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Damage(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^100] ^= 4;
        File.WriteAllBytes(path, bytes);
    }

    private void Save(params int[] steps)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(Folder);
        foreach (int step in steps)
        {
            folder.SaveLast(CheckpointSamples.At(step));
        }
    }

    private IEnumerable<string> Names() => Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
}
