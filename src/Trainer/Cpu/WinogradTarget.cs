namespace Gimbal.Trainer.Cpu;

/// <summary>The result of a Winograd convolution: transforms the products of a block back and stores the outputs that exist.</summary>
internal unsafe struct WinogradTarget
{
    // Channels in the strip at a time.
    private const int MostChannels = 64;

    private PixelTarget _target;
    private int _channels;
    private int _paddedChannels;
    private int _stripColumns;

    /// <summary>Stores through <paramref name="target"/>.</summary>
    public WinogradTarget(in WinogradGrid grid, in PixelTarget target, int groupChannels)
    {
        _target = target;
        _channels = groupChannels;
        _paddedChannels = MicroKernels.Best.PaddedColumns(groupChannels);
        _stripColumns = grid.Wide * WinogradTransforms.Tile;
    }

    /// <summary>Channels of a group.</summary>
    public readonly int Channels => _channels;

    /// <summary>Channels of a group, rounded up to whole panels.</summary>
    public readonly int PaddedChannels => _paddedChannels;

    /// <summary>Floats of the strip.</summary>
    public readonly int StripFloats => WinogradTransforms.Tile * _stripColumns * Math.Min(MostChannels, _paddedChannels);

    /// <summary>Floats each chunk has for sums of its own.</summary>
    public readonly int ChunkFloats => _target.ChunkFloats;

    /// <summary>Transforms and stores the tiles of one block.</summary>
    /// <param name="grid">How the outputs are cut.</param>
    /// <param name="block">The block.</param>
    /// <param name="group">Group of channels.</param>
    /// <param name="planes">The products, tile <paramref name="firstTile"/> at their beginning.</param>
    /// <param name="plane">Elements from one plane to the next.</param>
    /// <param name="firstTile">Number of the tile that comes first in the planes.</param>
    /// <param name="strip">Holds <see cref="StripFloats"/> outputs on their way.</param>
    /// <param name="sums">What the target sums, for this chunk.</param>
    public readonly void Store(in WinogradGrid grid, int block, int group, float* planes, nint plane, int firstTile, float* strip, float* sums)
    {
        for (int i = grid.FirstPatch(block); i < grid.FirstPatch(block + 1); i++)
        {
            WinogradPatch patch = grid.Patch(i);
            for (int row = 0; row < patch.Tall; row++)
            {
                float* tiles = planes + ((nint)(patch.Index - firstTile + (row * patch.Wide)) * _paddedChannels);
                for (int channel = 0; channel < _channels; channel += MostChannels)
                {
                    StoreStrip(grid, patch, row, group, channel, tiles + channel, plane, strip, sums);
                }
            }
        }
    }

    /// <summary>Asks for one of several parts of what storing a range of outputs reads and writes ahead of time.</summary>
    public readonly void Prefetch(nint first, nint count, int part, int parts) => _target.Prefetch(first, count, part, parts);

    private readonly void StoreStrip(
        in WinogradGrid grid, in WinogradPatch patch, int tileRow, int group, int channel, float* tiles, nint plane, float* strip, float* sums)
    {
        WinogradTransforms transforms = WinogradTransforms.Best;
        int channels = Math.Min(MostChannels, _channels - channel);
        int padded = transforms.PaddedChannels(channels);
        nint stripRow = (nint)_stripColumns * padded;
        for (int c = 0; c < padded; c += transforms.Lanes)
        {
            transforms.Target(tiles + c, plane, _paddedChannels, patch.Wide, strip + c, stripRow, padded);
        }

        int firstRow = patch.Row + (tileRow * WinogradTransforms.Tile);
        var pixels = new PixelBlock(
            ((nint)patch.Image * grid.Rows) + firstRow,
            Math.Min(WinogradTransforms.Tile, grid.Rows - firstRow),
            patch.Column,
            Math.Min(patch.Wide * WinogradTransforms.Tile, grid.Columns - patch.Column),
            1,
            (group * _channels) + channel,
            channels);
        _target.Write(pixels, strip, padded, stripRow, sums);
    }
}
