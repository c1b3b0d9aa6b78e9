using System.Numerics;

namespace Gimbal.Trainer.Cpu;

/// <summary>How kernels cut and walk a row-major [rows, channels] matrix that has a coefficient or a sum per channel.</summary>
/// <remarks>
/// Coefficients and sums are kept as a pattern: the channels, repeated until the length is a multiple of the widest vector.
/// Element i of a chunk goes with element i mod <see cref="Width"/> of the pattern, so that 3 channels run as fast as 64.
/// </remarks>
internal readonly struct ChannelPattern
{
    private const int WidestVector = 16;

    // With fewer than eight accumulators of eight floats each addition would wait for the one before.
    private const int LeastWidth = 64;

    // Few rows per chunk would make the partial sums of a wide matrix as large as the matrix.
    private const int LeastRows = 32;

    public ChannelPattern(int rows, int channels)
    {
        (Rows, Channels) = (rows, channels);
        int common = 1 << Math.Min(BitOperations.TrailingZeroCount(channels), BitOperations.Log2(WidestVector));
        int width = checked(channels * (WidestVector / common));
        Width = width * ((LeastWidth + width - 1) / width);
        int repeats = Width / channels;
        int wanted = Math.Max(LeastRows, Elementwise.ChunkLength / channels);
        RowsPerChunk = (wanted + repeats - 1) / repeats * repeats;
    }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Columns of the matrix.</summary>
    public int Channels { get; }

    /// <summary>Floats of one pattern.</summary>
    public int Width { get; }

    /// <summary>Rows of every chunk but the last; whole patterns.</summary>
    public int RowsPerChunk { get; }

    /// <summary>Chunks that cover the matrix.</summary>
    public int Chunks => (int)(((long)Rows + RowsPerChunk - 1) / RowsPerChunk);

    /// <summary>Rows of one chunk.</summary>
    public int RowsOf(int chunk) => Math.Min(RowsPerChunk, Rows - (chunk * RowsPerChunk));

    /// <summary>First element of one chunk.</summary>
    public long Start(int chunk) => (long)chunk * RowsPerChunk * Channels;

    /// <summary>Repeats <paramref name="channels"/> over one pattern.</summary>
    public unsafe void Expand(float* channels, float* pattern)
    {
        for (int i = 0; i < Width; i += Channels)
        {
            new ReadOnlySpan<float>(channels, Channels).CopyTo(new Span<float>(pattern + i, Channels));
        }
    }

    /// <summary>Adds what belongs to the same channel, in order.</summary>
    public unsafe void Fold(float* pattern, float* channels)
    {
        new ReadOnlySpan<float>(pattern, Channels).CopyTo(new Span<float>(channels, Channels));
        for (int i = Channels; i < Width; i += Channels)
        {
            for (int c = 0; c < Channels; c++)
            {
                channels[c] += pattern[i + c];
            }
        }
    }
}
