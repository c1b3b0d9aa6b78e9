namespace Gimbal.Trainer.Cpu;

/// <summary>An operand of a Winograd convolution: reads patches into a strip between zeros and transforms them, tile by tile.</summary>
/// <remarks>The strip's zeros stand for the padding, for outputs that do not exist and for the channels that fill up a vector: the transforms know no edges.</remarks>
internal unsafe struct WinogradSource
{
    // Channels in the strip at a time: a patch of them stays in the first-level cache.
    private const int MostChannels = 64;

    private PixelSource _source;
    private int _rows;
    private int _columns;
    private int _firstRow;
    private int _firstColumn;
    private int _channels;
    private int _paddedChannels;
    private int _stripColumns;
    private int _stripRows;
    private bool _isGradient;
    private int _panelTiles;

    /// <summary>Pixels under the filter: output row i and column j read from row <paramref name="firstRow"/> + i, column <paramref name="firstColumn"/> + j on.</summary>
    public static WinogradSource Pixels(
        in WinogradGrid grid, in PixelSource source, int rows, int columns, int firstRow, int firstColumn, int groupChannels) => new()
        {
            _source = source,
            _rows = rows,
            _columns = columns,
            _firstRow = firstRow,
            _firstColumn = firstColumn,
            _channels = groupChannels,
            _paddedChannels = WinogradTransforms.Best.PaddedChannels(groupChannels),
            _stripRows = (grid.Tall * WinogradTransforms.Tile) + WinogradTransforms.Halo,
            _stripColumns = (grid.Wide * WinogradTransforms.Tile) + WinogradTransforms.Halo,
        };

    /// <summary>Gradients of the outputs, transformed into the panels that the gradient of the filter takes.</summary>
    public static WinogradSource Gradients(in WinogradGrid grid, in PixelSource source, int groupChannels, int panelTiles) => new()
    {
        _source = source,
        _rows = grid.Rows,
        _columns = grid.Columns,
        _channels = groupChannels,
        _paddedChannels = MicroKernels.Best.PaddedColumns(groupChannels),
        _stripRows = grid.Tall * WinogradTransforms.Tile,
        _stripColumns = grid.Wide * WinogradTransforms.Tile,
        _isGradient = true,
        _panelTiles = panelTiles,
    };

    /// <summary>Channels of a group.</summary>
    public readonly int Channels => _channels;

    /// <summary>Channels of a group, rounded up to whole vectors, or panels.</summary>
    public readonly int PaddedChannels => _paddedChannels;

    /// <summary>Floats of the strip.</summary>
    public readonly int StripFloats => _stripRows * _stripColumns * StripChannels;

    private readonly int StripChannels => Math.Min(MostChannels, _paddedChannels);

    /// <summary>Whether the images have the extent of the outputs.</summary>
    public readonly bool HasExtent(in WinogradGrid grid) => _rows == grid.Rows && _columns == grid.Columns;

    /// <summary>Transforms the tiles of one block.</summary>
    /// <param name="grid">How the outputs are cut.</param>
    /// <param name="block">The block.</param>
    /// <param name="group">Group of channels.</param>
    /// <param name="strip">Receives <see cref="StripFloats"/> pixels.</param>
    /// <param name="planes">Receives tile <paramref name="firstTile"/> at its beginning.</param>
    /// <param name="plane">Elements from one plane to the next.</param>
    /// <param name="firstTile">Number of the tile that comes first in the planes.</param>
    public readonly void Transform(in WinogradGrid grid, int block, int group, float* strip, float* planes, nint plane, int firstTile)
    {
        for (int channel = 0; channel < _paddedChannels; channel += MostChannels)
        {
            int channels = Math.Min(MostChannels, _channels - channel);
            int padded = Math.Min(MostChannels, _paddedChannels - channel);
            if (channels != padded)
            {
                Floats.Clear(strip, StripFloats);
            }

            for (int i = grid.FirstPatch(block); i < grid.FirstPatch(block + 1); i++)
            {
                WinogradPatch patch = grid.Patch(i);
                Read(patch, (group * _channels) + channel, channels, strip, padded);
                TransformPatch(patch, channel, padded, strip, planes, plane, patch.Index - firstTile);
            }
        }
    }

    /// <summary>Asks for one of several parts of the pixels under a range of outputs ahead of time.</summary>
    public readonly void Prefetch(nint first, nint count, int part, int parts) => _source.Prefetch(first, count, part, parts);

    private readonly void Read(in WinogradPatch patch, int channel, int channels, float* strip, int padded)
    {
        int halo = _isGradient ? 0 : WinogradTransforms.Halo;
        int rows = (patch.Tall * WinogradTransforms.Tile) + halo;
        int columns = (patch.Wide * WinogradTransforms.Tile) + halo;
        int w = patch.Column + _firstColumn;
        int begin = Math.Clamp(-w, 0, columns);
        int end = Math.Clamp(_columns - w, begin, columns);
        for (int i = 0; i < rows; i++, strip += _stripColumns * padded)
        {
            int h = patch.Row + _firstRow + i;
            if ((uint)h >= (uint)_rows || begin == end)
            {
                Floats.Clear(strip, columns * padded);
                continue;
            }

            Floats.Clear(strip, begin * padded);
            Floats.Clear(strip + (end * padded), (columns - end) * padded);
            nint pixel = ((((nint)patch.Image * _rows) + h) * _columns) + w + begin;
            _source.Read(new PixelRun(pixel, end - begin, channel, channels), strip + (begin * padded), padded);
        }
    }

    private readonly void TransformPatch(in WinogradPatch patch, int channel, int padded, float* strip, float* planes, nint plane, int tile)
    {
        WinogradTransforms transforms = WinogradTransforms.Best;
        MicroKernels kernels = MicroKernels.Best;
        var transform = _isGradient ? transforms.TargetGradient : transforms.Source;
        nint row = (nint)_stripColumns * padded;
        for (int i = 0; i < patch.Tall; i++, strip += WinogradTransforms.Tile * row, tile += patch.Wide)
        {
            for (int c = 0; c < padded; c += transforms.Lanes)
            {
                if (!_isGradient)
                {
                    transform(strip + c, row, padded, patch.Wide, planes + ((nint)tile * _paddedChannels) + channel + c, plane, _paddedChannels);
                    continue;
                }

                int column = (channel + c) / kernels.WideColumns * kernels.WideColumns;
                int width = kernels.PanelColumns(_channels - column);
                float* to = planes + ((nint)column * _panelTiles) + ((nint)tile * width) + channel + c - column;
                transform(strip + c, row, padded, patch.Wide, to, plane, width);
            }
        }
    }
}
