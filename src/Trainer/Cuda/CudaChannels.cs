namespace Gimbal.Trainer.Cuda;

/// <summary>How sums over the rows of a [rows, channels] matrix are cut into blocks; channels.cuh has the same rules.</summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Channels">Columns of it.</param>
public readonly record struct CudaChannels(int Rows, int Channels)
{
    private const int LeastRows = 256;
    private const int MostChunks = 256;
    private const int WidestTile = 32;
    private const int FinishChannels = 8;

    /// <summary>Rows a block adds up.</summary>
    public int RowsPerChunk => Math.Max(LeastRows, Blocks.Over(Rows, MostChunks));

    /// <summary>Blocks along the rows.</summary>
    public int Chunks => Blocks.Over(Rows, RowsPerChunk);

    /// <summary>Grid of the first level.</summary>
    public Blocks Partials
    {
        get
        {
            int tile = 1;
            while (tile < WidestTile && tile < Channels)
            {
                tile *= 2;
            }

            return new Blocks(checked(Chunks * Blocks.Over(Channels, tile)));
        }
    }

    /// <summary>Grid of the kernel that adds the chunks.</summary>
    public Blocks Finish => new(Blocks.Over(Channels, FinishChannels));

    /// <summary>Grid of a kernel that maps every element, four by each thread.</summary>
    public Blocks Map => new(Blocks.Over((long)Rows * Channels, 4 * CudaLaunches.Threads));
}
