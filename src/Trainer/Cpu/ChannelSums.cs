using System.Numerics;

namespace Gimbal.Trainer.Cpu;

/// <summary>What is summed per channel: one or two terms of an element of x, the element of g at its place and a centre.</summary>
internal unsafe interface IChannelTerms
{
    /// <summary>Number of sums; sum k is at <c>sums[k * width]</c>.</summary>
    static abstract int Count { get; }

    /// <summary>Adds the terms of one element.</summary>
    static abstract void Add(float* x, float* g, float* centre, float* sums, int width);

    /// <summary>Adds the terms of several elements.</summary>
    static abstract void AddVector(float* x, float* g, float* centre, float* sums, int width);
}

/// <summary>Sums over the rows of one chunk of a [rows, channels] matrix, a few hundred float32 additions deep.</summary>
internal static unsafe class ChannelSums
{
    /// <summary>Sums the terms of one chunk, as patterns.</summary>
    /// <param name="shape">The matrix and how it is cut.</param>
    /// <param name="chunk">Which chunk.</param>
    /// <param name="x">First element of the whole matrix.</param>
    /// <param name="g">First element of a matrix alongside, where the terms read one.</param>
    /// <param name="centre">One pattern, where the terms read one.</param>
    /// <param name="sums">Receives a pattern per sum.</param>
    public static void Accumulate<TTerms>(in ChannelPattern shape, int chunk, float* x, float* g, float* centre, float* sums)
        where TTerms : IChannelTerms
    {
        int width = shape.Width;
        new Span<float>(sums, TTerms.Count * width).Clear();
        long end = shape.Start(chunk) + ((long)shape.RowsOf(chunk) * shape.Channels);
        for (long i = shape.Start(chunk); i < end; i += width)
        {
            int count = (int)Math.Min(width, end - i);
            int j = 0;
            for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
            {
                TTerms.AddVector(x + i + j, g + i + j, centre + j, sums + j, width);
            }

            for (; j < count; j++)
            {
                TTerms.Add(x + i + j, g + i + j, centre + j, sums + j, width);
            }
        }
    }
}
