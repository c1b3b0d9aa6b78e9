namespace Gimbal.Trainer.Cpu;

/// <summary>Cuts rows of equal length into chunks of about <see cref="Elementwise.ChunkLength"/> floats, one row at least.</summary>
internal readonly struct RowChunks(int rows, long floatsPerRow)
{
    private readonly int _perChunk = (int)Math.Clamp(Elementwise.ChunkLength / floatsPerRow, 1, rows);

    /// <summary>Number of chunks.</summary>
    public int Count => (rows + _perChunk - 1) / _perChunk;

    /// <summary>First row of a chunk.</summary>
    public int Start(int chunk) => chunk * _perChunk;

    /// <summary>One behind the last row of a chunk.</summary>
    public int End(int chunk) => Math.Min(rows, Start(chunk) + _perChunk);
}
