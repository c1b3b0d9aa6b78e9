namespace Gimbal.Trainer.Cpu;

/// <summary>The transformed filter of a Winograd convolution: 36 matrices in panels, and the step that writes them.</summary>
internal unsafe struct WinogradFilter
{
    // Rows of a panel that one chunk transforms.
    private const int ChunkRows = 32;

    private float* _filter;
    private float* _planes;
    private Transpose _transpose;
    private int _m;
    private int _groupC;
    private int _groupM;

    /// <summary>Rows of the matrices: channels that are summed over.</summary>
    public readonly int Inner => _transpose == Transpose.No ? _groupC : _groupM;

    /// <summary>Columns of the matrices: channels of the result.</summary>
    public readonly int Columns => _transpose == Transpose.No ? _groupM : _groupC;

    // Rows a power of two apart would push each other out of the cache.
    private readonly nint Plane => (nint)CpuMemory.Aligned(Panels.Length(MicroKernels.Best, Inner, Columns)) + 16;

    private readonly int Across => Tiling.Parts(Columns, MicroKernels.Best.WideColumns);

    private readonly int Down => Tiling.Parts(Inner, ChunkRows);

    /// <summary>Appends the step.</summary>
    /// <param name="steps">Where it goes.</param>
    /// <param name="g">The convolution.</param>
    /// <param name="w">The filter, [R, S, C/groups, M].</param>
    /// <param name="transpose">Yes turns the filter by 180 degrees and exchanges its channels, for the gradient of the input.</param>
    public static WinogradFilter Emit(CpuSteps steps, in ConvGeometry g, float* w, Transpose transpose)
    {
        var filter = new WinogradFilter { _filter = w, _transpose = transpose, _m = g.M, _groupC = g.GroupC, _groupM = g.GroupM };
        filter._planes = steps.Scratch(g.Groups * WinogradTransforms.Planes * filter.Plane);
        int scratch = 9 * ChunkRows * MicroKernels.Best.WideColumns;
        steps.Add("winograd_filter", &Chunk, filter, g.Groups * filter.Across * filter.Down, scratch);
        return filter;
    }

    /// <summary>The panels of one of the matrices.</summary>
    public readonly float* Matrix(int group, int plane) => _planes + ((((nint)group * WinogradTransforms.Planes) + plane) * Plane);

    private static void Chunk(WinogradFilter* filter, int chunk, float* scratch)
    {
        MicroKernels kernels = MicroKernels.Best;
        bool isTurned = filter->_transpose == Transpose.Yes;
        int row = chunk % filter->Down * ChunkRows;
        int column = chunk / filter->Down % filter->Across * kernels.WideColumns;
        int group = chunk / (filter->Down * filter->Across);
        int rows = Math.Min(ChunkRows, filter->Inner - row);
        int width = kernels.PanelColumns(filter->Columns - column);
        int columns = Math.Min(width, filter->Columns - column);
        int c = isTurned ? column : row;
        int m = (group * filter->_groupM) + (isTurned ? row : column);
        int length = (int)CpuMemory.Aligned(rows * width);
        for (int tap = 0; tap < 9; tap++)
        {
            nint place = ((((nint)(isTurned ? 8 - tap : tap) * filter->_groupC) + c) * filter->_m) + m;
            Panels.Pack(kernels, filter->_filter + place, filter->_m, filter->_transpose, rows, columns, scratch + (tap * length), rows, 0);
        }

        float* planes = filter->Matrix(group, 0) + ((nint)column * filter->Inner) + ((nint)row * width);
        WinogradTransforms.Best.Filter(scratch, length, rows * width, planes, filter->Plane);
    }
}
