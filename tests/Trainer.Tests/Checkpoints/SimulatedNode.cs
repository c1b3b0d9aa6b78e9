namespace Gimbal.Trainer.Tests.Checkpoints;

/// <summary>What a name on a <see cref="SimulatedDisk"/> stands for.</summary>
internal abstract class SimulatedNode
{
    /// <summary>The node as it is found after a power cut: what was synced, and chance's choice of the rest.</summary>
    public abstract SimulatedNode AfterPowerCut(Random random);
}

/// <summary>Names of a folder: as programs see them, and as they are on the medium.</summary>
internal sealed class SimulatedFolder : SimulatedNode
{
    private readonly List<(string? Removed, string? Set, SimulatedNode? Node)> _unsynced = [];
    private Dictionary<string, SimulatedNode> _synced = [];

    public Dictionary<string, SimulatedNode> Names { get; private init; } = [];

    public void Change(string? removed, string? set, SimulatedNode? node)
    {
        Apply(Names, (removed, set, node));
        _unsynced.Add((removed, set, node));
    }

    public void Sync()
    {
        _synced = new(Names);
        _unsynced.Clear();
    }

    public override SimulatedFolder AfterPowerCut(Random random)
    {
        Dictionary<string, SimulatedNode> names = new(_synced);
        _unsynced.Take(random.Next(_unsynced.Count + 1)).ToList().ForEach(change => Apply(names, change));
        Dictionary<string, SimulatedNode> found = names.ToDictionary(pair => pair.Key, pair => pair.Value.AfterPowerCut(random));
        return new SimulatedFolder { Names = found, _synced = new(found) };
    }

    private static void Apply(Dictionary<string, SimulatedNode> names, (string? Removed, string? Set, SimulatedNode? Node) change)
    {
        if (change.Removed is not null)
        {
            names.Remove(change.Removed);
        }

        if (change.Set is not null)
        {
            names[change.Set] = change.Node!;
        }
    }
}

/// <summary>Bytes of a file: as programs see them, and as they are on the medium.</summary>
internal sealed class SimulatedFile : SimulatedNode
{
    private const int SectorSize = 512;

    private readonly List<(int Offset, byte[]? Bytes)> _unsynced = [];
    private List<byte> _live = [];
    private byte[] _synced = [];

    public byte[] Content => [.. _live];

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _unsynced.Add((_live.Count, bytes.ToArray()));
        _live.AddRange(bytes);
    }

    public void Truncate()
    {
        _unsynced.Add((0, null));
        _live.Clear();
    }

    public void Sync()
    {
        _synced = [.. _live];
        _unsynced.Clear();
    }

    public void ForgetUnsynced() => _unsynced.Clear();

    public override SimulatedFile AfterPowerCut(Random random)
    {
        byte[] content = [.. _synced];
        foreach ((int offset, byte[]? bytes) in _unsynced.Where(_ => random.Next(10) < 7))
        {
            if (bytes is null)
            {
                content = [];
                continue;
            }

            Array.Resize(ref content, Math.Max(content.Length, offset + bytes.Length));
            double share = random.Next(3) switch { 0 => 0.3, 1 => 0.8, _ => 1 };
            for (int sector = 0; sector < bytes.Length; sector += SectorSize)
            {
                if (random.NextDouble() < share)
                {
                    bytes.AsSpan(sector..Math.Min(sector + SectorSize, bytes.Length)).CopyTo(content.AsSpan(offset + sector));
                }
            }
        }

        return new SimulatedFile { _live = [.. content], _synced = content };
    }
}
