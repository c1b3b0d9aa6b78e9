using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

/// <summary>The left operand of a convolution as a matrix product: row = output pixel, column = (tap row, tap column, channel).</summary>
/// <remarks>The matrix never exists as a whole; blocks of it are copied into a thread's scratch.</remarks>
internal readonly unsafe struct Patches
{
    /// <summary>Elements that must be free after the last column of a target row: short runs are copied in whole vectors.</summary>
    public const int Slack = Floats.Granule;

    /// <summary>First element of the source.</summary>
    public readonly float* Source;

    /// <summary>Element after the last of the source.</summary>
    public readonly float* End;

    /// <summary>Channels of a source pixel.</summary>
    public readonly int Channels;

    /// <summary>Channels of one group.</summary>
    public readonly int GroupChannels;

    /// <summary>The vertical axis.</summary>
    public readonly TapAxis Rows;

    /// <summary>The horizontal axis.</summary>
    public readonly TapAxis Columns;

    // Output columns [_runBegin, _runEnd) find a whole row of taps in one run of the source.
    private readonly int _runBegin;
    private readonly int _runEnd;

    /// <summary>Describes the patches of a source in N, H, W, C order.</summary>
    public Patches(float* source, int images, int channels, int groupChannels, in TapAxis rows, in TapAxis columns)
    {
        Source = source;
        End = source + ((nint)images * rows.Sources * columns.Sources * channels);
        Channels = channels;
        GroupChannels = groupChannels;
        Rows = rows;
        Columns = columns;
        if (columns.Step == 1 && groupChannels == channels)
        {
            _runBegin = Tiling.Parts(Math.Max(0, -columns.First), columns.Stride);
            _runEnd = Tiling.Parts(Math.Max(0, columns.Sources - columns.Taps - columns.First + 1), columns.Stride);
        }
    }

    /// <summary>Output pixels of one image: rows of the matrix.</summary>
    public int Pixels => Rows.Outputs * Columns.Outputs;

    /// <summary>Taps of the filter that meet an output pixel.</summary>
    public int Taps => Rows.Taps * Columns.Taps;

    /// <summary>Columns of the matrix.</summary>
    public int Inner => Taps * GroupChannels;

    /// <summary>Copies columns [begin, end) of the rows [pixel, pixel + count) of one group's matrix.</summary>
    /// <param name="group">The group.</param>
    /// <param name="pixel">First output pixel, counted through all images.</param>
    /// <param name="count">Number of pixels.</param>
    /// <param name="begin">First column.</param>
    /// <param name="end">Column after the last.</param>
    /// <param name="target">Where the block goes.</param>
    /// <param name="targetRow">Elements from one of its rows to the next; at least <see cref="Slack"/> more than columns.</param>
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

    // Rows of taps in ascending order, because each may overwrite the beginning of the next one's place.
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
        int end = j + count;
        int runBegin = Math.Clamp(_runBegin, j, end);
        int runEnd = Math.Clamp(_runEnd, runBegin, end);
        for (int q = j; q < runBegin; q++, to += targetRow)
        {
            CopyTaps(row, Columns.First + (q * Columns.Stride), first, last, to);
        }

        int w = Columns.First + (runBegin * Columns.Stride);
        CopyRuns(row + ((nint)w * Channels) + first, (nint)Columns.Stride * Channels, runEnd - runBegin, last - first, to, targetRow, End);
        to += (runEnd - runBegin) * targetRow;
        for (int q = runEnd; q < end; q++, to += targetRow)
        {
            CopyTaps(row, Columns.First + (q * Columns.Stride), first, last, to);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyRuns(float* from, nint fromStep, int count, int length, float* to, nint toStep, float* end)
    {
        int granules = (length + Floats.Granule - 1) / Floats.Granule * Floats.Granule;
        int q = 0;
        for (; q < count && from + granules <= end; q++, from += fromStep, to += toStep)
        {
            Floats.CopyGranules(from, to, granules);
        }

        for (; q < count; q++, from += fromStep, to += toStep)
        {
            Floats.Copy(from, to, length);
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
