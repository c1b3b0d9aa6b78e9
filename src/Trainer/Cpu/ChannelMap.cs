using System.Numerics;

namespace Gimbal.Trainer.Cpu;

/// <summary>y = f(x, g, coefficients of the channel), at given addresses.</summary>
internal unsafe interface IChannelMap
{
    /// <summary>One element; coefficient k is <c>pattern[k * width]</c>.</summary>
    static abstract float Element(float* x, float* g, float* pattern, int width);

    /// <summary>Several elements at once.</summary>
    static abstract Vector<float> Elements(float* x, float* g, float* pattern, int width);
}

/// <summary>Parallel loops over [rows, channels] matrices with coefficients per channel.</summary>
internal static unsafe class ChannelMap
{
    /// <summary>Appends y[i] = map(x[i], g[i], coefficients[i mod channels]).</summary>
    /// <param name="steps">Where to.</param>
    /// <param name="name">What the step does.</param>
    /// <param name="shape">The matrices and how they are cut.</param>
    /// <param name="x">First operand.</param>
    /// <param name="g">Second operand, where the map reads one.</param>
    /// <param name="coefficients">Patterns, one after the other; filled by an earlier step.</param>
    /// <param name="y">Result.</param>
    public static void Emit<TMap>(CpuSteps steps, string name, ChannelPattern shape, float* x, float* g, float* coefficients, float* y)
        where TMap : IChannelMap
    {
        Args args = new() { X = x, G = g, Coefficients = coefficients, Y = y, Shape = shape };
        steps.Add(name, &Chunk<TMap>, args, shape.Chunks);
    }

    private static void Chunk<TMap>(Args* args, int chunk, float* scratch)
        where TMap : IChannelMap
    {
        ChannelPattern shape = args->Shape;
        int width = shape.Width;
        float* pattern = args->Coefficients;
        long end = shape.Start(chunk) + ((long)shape.RowsOf(chunk) * shape.Channels);
        for (long i = shape.Start(chunk); i < end; i += width)
        {
            float* x = args->X + i;
            float* g = args->G + i;
            float* y = args->Y + i;
            int count = (int)Math.Min(width, end - i);
            int j = 0;
            for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector.Store(TMap.Elements(x + j, g + j, pattern + j, width), y + j);
            }

            for (; j < count; j++)
            {
                y[j] = TMap.Element(x + j, g + j, pattern + j, width);
            }
        }
    }

    private struct Args
    {
        public float* X;
        public float* G;
        public float* Coefficients;
        public float* Y;
        public ChannelPattern Shape;
    }
}
