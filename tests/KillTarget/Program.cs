using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Checkpoints;

// KillTarget durable|in-place FOLDER [COUNT]: goes on from the folder's last checkpoint and saves the next ones, each reported when saved.
const int elements = 50_000;
string folder = args[1];
long count = args.Length > 2 ? long.Parse(args[2], null) : long.MaxValue;
try
{
    if (args[0] == "durable")
    {
        SaveDurably();
    }
    else
    {
        SaveInPlace();
    }

    return 0;
}
catch (IOException e) when (e is DataFileException or DiskException)
{
    Console.Error.WriteLine($"error: {e.Message}");
    return e is DataFileException ? 65 : 74;
}

void SaveDurably()
{
    using CheckpointFolder checkpoints = CheckpointFolder.Open(folder);
    long first = CheckpointFolder.LoadLast(folder)?.Checkpoint.Step ?? 0;
    for (long step = first + 1; step - first <= count; step++)
    {
        checkpoints.SaveLast(CheckpointSamples.At(step, elements));
        Console.WriteLine($"saved {step}");
    }
}

void SaveInPlace()
{
    string path = Path.Combine(folder, CheckpointFolder.LastName);
    byte[] content = CheckpointSamples.BytesOf(CheckpointSamples.At(1, elements));
    for (long step = 1; step <= count; step++)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        foreach (byte[] page in content.Chunk(4096))
        {
            file.Write(page);
        }

        Console.WriteLine("saved 1");
    }
}
