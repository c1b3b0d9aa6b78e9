using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>The CPU kernels of averages over windows and of their gradient.</summary>
internal static unsafe class AverageWindows
{
    /// <summary>Appends y = mean of each window of x.</summary>
    public static void EmitForward(CpuCall call, string name, Size2 window, Size2 stride, Pad2 pad, PadCounting counting)
    {
        Shape x = call.InputShape(0);
        Shape y = call.OutputShape(0);
        Args args = Prepare(call, x, y, window, stride, pad, counting);
        args.Chunks = new RowChunks(y[0] * y[2], (long)y[3] * y[1] * window.H * window.W);
        call.Steps.Add(name, &ForwardChunk, args, args.Chunks.Count);
    }

    /// <summary>Appends gradX = what the windows over each pixel pass back.</summary>
    public static void EmitGradient(CpuCall call, string name, Size2 window, Size2 stride, Pad2 pad, PadCounting counting)
    {
        Shape x = call.OutputShape(0);
        Args args = Prepare(call, x, call.InputShape(0), window, stride, pad, counting);
        args.Chunks = new RowChunks(x[0] * x[2], (long)x[3] * x[1]);
        call.Steps.Add(name, &GradientChunk, args, args.Chunks.Count);
    }

    private static Args Prepare(CpuCall call, Shape x, Shape y, Size2 window, Size2 stride, Pad2 pad, PadCounting counting)
    {
        (WindowAxis rows, WindowAxis columns) = PoolRule.Axes(x, y, window, stride, pad);
        return new Args
        {
            From = call.Input(0),
            To = call.Output(0),
            Rows = rows,
            Columns = columns,
            RowShares = call.Steps.Table<float>(Shares(rows, counting)),
            ColumnShares = call.Steps.Table<float>(Shares(columns, counting)),
            Channels = x[1],
        };
    }

    // The number of pixels in a window is the product of both axes, and so is its reciprocal.
    private static float[] Shares(WindowAxis axis, PadCounting counting) => [.. Enumerable.Range(0, axis.Outputs).Select(i =>
    {
        (int from, int to) = axis.InputsOf(i);
        return 1f / (counting == PadCounting.Included ? axis.Window : to - from);
    })];

    private static void ForwardChunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        int width = args->Columns.Inputs;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            int p = row % args->Rows.Outputs;
            (int top, int bottom) = args->Rows.InputsOf(p);
            float* image = args->From + ((long)(row / args->Rows.Outputs) * args->Rows.Inputs * width * channels);
            for (int q = 0; q < args->Columns.Outputs; q++)
            {
                (int left, int right) = args->Columns.InputsOf(q);
                float share = args->RowShares[p] * args->ColumnShares[q];
                float* y = args->To + ((((long)row * args->Columns.Outputs) + q) * channels);
                Pixels pixels = new(image, top, bottom, left, right, width, channels);
                int c = 0;
                for (; channels >= Vector<float>.Count && c < channels; c += Vector<float>.Count)
                {
                    // The last vector overlaps the one before it.
                    int start = Math.Min(c, channels - Vector<float>.Count);
                    (pixels.SumVector(start) * share).Store(y + start);
                }

                for (; c < channels; c++)
                {
                    y[c] = pixels.Sum(c) * share;
                }
            }
        }
    }

    private static void GradientChunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        int width = args->Columns.Outputs;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            (int top, int bottom) = args->Rows.OutputsOf(row % args->Rows.Inputs);
            float* image = args->From + ((long)(row / args->Rows.Inputs) * args->Rows.Outputs * width * channels);
            for (int w = 0; w < args->Columns.Inputs; w++)
            {
                (int left, int right) = args->Columns.OutputsOf(w);
                float* gradX = args->To + ((((long)row * args->Columns.Inputs) + w) * channels);
                Pixels windows = new(image, top, bottom, left, right, width, channels);
                int c = 0;
                for (; channels >= Vector<float>.Count && c < channels; c += Vector<float>.Count)
                {
                    int start = Math.Min(c, channels - Vector<float>.Count);
                    windows.WeightedSumVector(start, args->RowShares, args->ColumnShares).Store(gradX + start);
                }

                for (; c < channels; c++)
                {
                    gradX[c] = windows.WeightedSum(c, args->RowShares, args->ColumnShares);
                }
            }
        }
    }

    // A rectangle of pixels. Sums go row by row, so that a whole plane loses no more digits than its rows and columns.
    private readonly struct Pixels(float* image, int top, int bottom, int left, int right, int width, int channels)
    {
        public float Sum(int c)
        {
            float sum = 0;
            for (int h = top; h < bottom; h++)
            {
                float ofRow = 0;
                for (int at = (h * width) + left; at < (h * width) + right; at++)
                {
                    ofRow += image[((long)at * channels) + c];
                }

                sum += ofRow;
            }

            return sum;
        }

        public Vector<float> SumVector(int c)
        {
            Vector<float> sum = Vector<float>.Zero;
            for (int h = top; h < bottom; h++)
            {
                Vector<float> ofRow = Vector<float>.Zero;
                for (int at = (h * width) + left; at < (h * width) + right; at++)
                {
                    ofRow += Vector.Load(image + ((long)at * channels) + c);
                }

                sum += ofRow;
            }

            return sum;
        }

        public float WeightedSum(int c, float* rowShares, float* columnShares)
        {
            float sum = 0;
            for (int p = top; p < bottom; p++)
            {
                float ofRow = 0;
                for (int q = left; q < right; q++)
                {
                    ofRow += image[((long)((p * width) + q) * channels) + c] * columnShares[q];
                }

                sum += ofRow * rowShares[p];
            }

            return sum;
        }

        public Vector<float> WeightedSumVector(int c, float* rowShares, float* columnShares)
        {
            Vector<float> sum = Vector<float>.Zero;
            for (int p = top; p < bottom; p++)
            {
                Vector<float> ofRow = Vector<float>.Zero;
                for (int q = left; q < right; q++)
                {
                    ofRow += Vector.Load(image + ((long)((p * width) + q) * channels) + c) * columnShares[q];
                }

                sum += ofRow * rowShares[p];
            }

            return sum;
        }
    }

    private struct Args
    {
        public float* From;
        public float* To;
        public float* RowShares;
        public float* ColumnShares;
        public WindowAxis Rows;
        public WindowAxis Columns;
        public int Channels;
        public RowChunks Chunks;
    }
}
