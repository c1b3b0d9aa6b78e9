namespace Gimbal.Trainer.Cpu;

/// <summary>The left operand of a convolution as a matrix product: row = output pixel, column = (tap row, tap column, channel).</summary>
/// <remarks>The matrix never exists as a whole; blocks of it are copied into a thread's scratch.</remarks>
internal readonly unsafe struct Patches
{
    /// <summary>Describes the patches of a source in N, H, W, C order.</summary>
    public Patches(float* source, int channels, int groupChannels, in TapAxis rows, in TapAxis columns)
    {
        Source = source;
        Channels = channels;
        GroupChannels = groupChannels;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>First element of the source.</summary>
    public float* Source { get; }

    /// <summary>Channels of a source pixel.</summary>
    public int Channels { get; }

    /// <summary>Channels of one group.</summary>
    public int GroupChannels { get; }

    /// <summary>The vertical axis.</summary>
    public TapAxis Rows { get; }

    /// <summary>The horizontal axis.</summary>
    public TapAxis Columns { get; }

    /// <summary>Output pixels of one image: rows of the matrix.</summary>
    public int Pixels => Rows.Outputs * Columns.Outputs;

    /// <summary>Columns of the matrix.</summary>
    public int Inner => Rows.Taps * Columns.Taps * GroupChannels;

    /// <summary>Copies columns [begin, end) of the rows [pixel, pixel + count) of one group's matrix.</summary>
    /// <param name="group">The group.</param>
    /// <param name="pixel">First output pixel, counted through all images.</param>
    /// <param name="count">Number of pixels.</param>
    /// <param name="begin">First column.</param>
    /// <param name="end">Column after the last.</param>
    /// <param name="target">Where the block goes.</param>
    /// <param name="targetRow">Elements from one of its rows to the next.</param>
    public void Copy(int group, int pixel, int count, int begin, int end, float* target, nint targetRow)
    {
        int image = pixel / Pixels;
        int i = pixel % Pixels / Columns.Outputs;
        int j = pixel % Columns.Outputs;
        while (count > 0)
        {
            int run = Math.Min(count, Columns.Outputs - j);
            CopyOutputRow(group, image, i, j, run, begin, end, target, targetRow);
            target += run * targetRow;
            count -= run;
            j = 0;
            if (++i == Rows.Outputs)
            {
                i = 0;
                image++;
            }
        }
    }

    private void CopyOutputRow(int group, int image, int i, int j, int count, int begin, int end, float* target, nint targetRow)
    {
        int tapRow = Columns.Taps * GroupChannels;
        for (int t = begin / tapRow; t * tapRow < end; t++)
        {
            int first = Math.Max(begin - (t * tapRow), 0);
            int last = Math.Min(end - (t * tapRow), tapRow);
            float* to = target + (t * tapRow) + first - begin;
            int h = Rows.First + (i * Rows.Stride) + (t * Rows.Step);
            if ((uint)h < (uint)Rows.Sources)
            {
                float* row = Source + ((((nint)image * Rows.Sources) + h) * Columns.Sources * Channels) + ((nint)group * GroupChannels);
                CopyTapRow(row, j, count, first, last, to, targetRow);
                continue;
            }

            for (int q = 0; q < count; q++)
            {
                Floats.Clear(to + (q * targetRow), last - first);
            }
        }
    }

    // Elements [first, last) of one row of taps, (tap column, channel), for neighbouring output pixels.
    private void CopyTapRow(float* row, int j, int count, int first, int last, float* to, nint targetRow)
    {
        bool isRun = Columns.Step == 1 && GroupChannels == Channels;
        for (int q = j; q < j + count; q++)
        {
            int w = Columns.First + (q * Columns.Stride);
            if (isRun && w >= 0 && w + Columns.Taps <= Columns.Sources)
            {
                Floats.Copy(row + ((nint)w * Channels) + first, to, last - first);
            }
            else
            {
                CopyTaps(row, w, first, last, to);
            }

            to += targetRow;
        }
    }

    private void CopyTaps(float* row, int w, int first, int last, float* to)
    {
        for (int u = first / GroupChannels; u * GroupChannels < last; u++)
        {
            int c = Math.Max(first - (u * GroupChannels), 0);
            int length = Math.Min(last - (u * GroupChannels), GroupChannels) - c;
            int source = w + (u * Columns.Step);
            if ((uint)source < (uint)Columns.Sources)
            {
                Floats.Copy(row + ((nint)source * Channels) + c, to, length);
            }
            else
            {
                Floats.Clear(to, length);
            }

            to += length;
        }
    }
}
