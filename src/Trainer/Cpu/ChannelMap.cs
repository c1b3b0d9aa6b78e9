using System.Numerics;

namespace Gimbal.Trainer.Cpu;

/// <summary>Parallel loops over [rows, channels] matrices with coefficients per channel.</summary>
internal static unsafe class ChannelMap
{
    /// <summary>Appends y[i] = map(x[i], second[i], coefficients of channel i mod channels).</summary>
    /// <param name="steps">Where to.</param>
    /// <param name="name">What the step does.</param>
    /// <param name="shape">The matrices and how they are cut.</param>
    /// <param name="x">First operand.</param>
    /// <param name="second">Second operand, where the map reads one.</param>
    /// <param name="coefficients">[coefficients, channels], where the map has any.</param>
    /// <param name="y">Result.</param>
    public static void Emit<TMap>(CpuSteps steps, string name, ChannelPattern shape, float* x, float* second, float* coefficients, float* y)
        where TMap : IPixelMap
    {
        Args args = new() { X = x, Second = second, Coefficients = coefficients, Y = y, Shape = shape };
        steps.Add(name, &Chunk<TMap>, args, shape.Chunks, TMap.Coefficients * shape.Width);
    }

    private static void Chunk<TMap>(Args* args, int chunk, float* scratch)
        where TMap : IPixelMap
    {
        ChannelPattern shape = args->Shape;
        int width = shape.Width;
        CoefficientRows patterns = new((nint)scratch, width);
        for (int k = 0; k < TMap.Coefficients; k++)
        {
            shape.Expand(args->Coefficients + ((nint)k * shape.Channels), scratch + ((nint)k * width));
        }

        long end = shape.Start(chunk) + ((long)shape.RowsOf(chunk) * shape.Channels);
        for (long i = shape.Start(chunk); i < end; i += width)
        {
            float* x = args->X + i;
            float* second = args->Second + i;
            float* y = args->Y + i;
            int count = (int)Math.Min(width, end - i);
            int j = 0;
            for (; j <= count - Vector<float>.Count; j += Vector<float>.Count)
            {
                Vector<float> other = TMap.HasSecond ? Vector.Load(second + j) : default;
                Vector<float> k0 = patterns.Vector(0, TMap.Coefficients, j);
                Vector<float> k1 = patterns.Vector(1, TMap.Coefficients, j);
                Vector<float> k2 = patterns.Vector(2, TMap.Coefficients, j);
                Vector<float> k3 = patterns.Vector(3, TMap.Coefficients, j);
                Vector.Store(TMap.Map(Vector.Load(x + j), other, k0, k1, k2, k3), y + j);
            }

            for (; j < count; j++)
            {
                y[j] = TMap.Map(
                    x[j],
                    TMap.HasSecond ? second[j] : 0,
                    patterns.Scalar(0, TMap.Coefficients, j),
                    patterns.Scalar(1, TMap.Coefficients, j),
                    patterns.Scalar(2, TMap.Coefficients, j),
                    patterns.Scalar(3, TMap.Coefficients, j));
            }
        }
    }

    private struct Args
    {
        public float* X;
        public float* Second;
        public float* Coefficients;
        public float* Y;
        public ChannelPattern Shape;
    }
}
