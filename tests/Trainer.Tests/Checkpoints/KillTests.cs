using Gimbal.Processes;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Checkpoints;

public sealed class KillTests : IDisposable
{
    private const int Kills = 25;

    // A life counts from a save whose number this divides, so that each adds as many saves at least, however slow the disk is.
    private const int SavesOfLife = 3;

    // Some ten saves fit in; what matters is that the moment is not tied to the start of a save.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gimbal-kill-").FullName;

    [Fact]
    public void After_every_kill_the_newest_checkpoint_that_was_reported_loads()
    {
        RandomKills kills = new(KillTargetProcess.Start("durable", _folder), line => IsSaved(line) && NumberOf(line) % SavesOfLife == 0, Longest, seed: 1);
        long reported = 0;

        kills.Run(Kills, life =>
        {
            Assert.True(life.ExitCode is null, string.Join(" | ", life.Lines));
            reported = Math.Max(reported, life.Lines.Where(IsSaved).Max(NumberOf));
            long found = CheckpointFolder.LoadLast(_folder)?.Checkpoint.Step ?? 0;
            Assert.InRange(found, reported, reported + 1);
            reported = found;
        });

        Assert.True(reported >= SavesOfLife * Kills, $"only {reported} saves in {kills.Killed} lives");
    }

    [Fact]
    public void A_writer_in_place_is_caught()
    {
        RandomKills kills = new(KillTargetProcess.Start("in-place", _folder), IsSaved, Longest, seed: 2);
        bool caught = false;

        while (!caught && kills.Killed < Kills)
        {
            kills.Run(1, _ => caught = !Loads());
        }

        Assert.True(caught, $"none of {kills.Killed} kills broke the file");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private bool Loads()
    {
        try
        {
            return CheckpointFolder.LoadLast(_folder) is not null;
        }
        catch (DataFileException)
        {
            return false;
        }
    }

    private static bool IsSaved(string line) => line.StartsWith("saved ", StringComparison.Ordinal);

    private static long NumberOf(string line) => long.Parse(line["saved ".Length..], null);
}
