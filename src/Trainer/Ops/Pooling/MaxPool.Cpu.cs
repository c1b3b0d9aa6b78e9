using System.Numerics;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

public sealed partial record MaxPool
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call) => Emit(
        call.Steps, call.InputShape(0), call.OutputShape(0), call.Input(0), call.Output(0), (int*)call.Output(1));

    /// <summary>Appends the pooling of images anywhere in memory.</summary>
    internal unsafe void Emit(CpuSteps steps, Shape x, Shape y, float* from, float* to, int* positions)
    {
        (WindowAxis rows, WindowAxis columns) = PoolRule.Axes(x, y, Window, Stride, Pad);
        Args args = new()
        {
            X = from,
            Y = to,
            Positions = positions,
            Rows = rows,
            Columns = columns,
            Channels = y[1],
            Chunks = new RowChunks(y[0] * y[2], (long)y[3] * y[1] * Window.H * Window.W),
        };
        steps.Add("max_pool_forward", &Chunk, args, args.Chunks.Count);
    }

    private static unsafe void Chunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            float* image = args->X + ((long)(row / args->Rows.Outputs) * args->Rows.Inputs * args->Columns.Inputs * channels);
            (int top, int bottom) = args->Rows.InputsOf(row % args->Rows.Outputs);
            for (int q = 0; q < args->Columns.Outputs; q++)
            {
                (int left, int right) = args->Columns.InputsOf(q);
                long target = (((long)row * args->Columns.Outputs) + q) * channels;
                Search search = new(image, top, bottom, left, right, args->Columns.Inputs, channels);
                int c = 0;
                for (; channels >= Vector<float>.Count && c < channels; c += Vector<float>.Count)
                {
                    // The last vector overlaps the one before it.
                    int start = Math.Min(c, channels - Vector<float>.Count);
                    search.FindVector(start, args->Y + target, args->Positions + target);
                }

                for (; c < channels; c++)
                {
                    search.Find(c, args->Y + target, args->Positions + target);
                }
            }
        }
    }

    private readonly unsafe struct Search(float* image, int top, int bottom, int left, int right, int width, int channels)
    {
        public void Find(int c, float* y, int* positions)
        {
            float best = float.NegativeInfinity;
            int position = (top * width) + left;
            for (int h = top; h < bottom; h++)
            {
                for (int at = (h * width) + left; at < (h * width) + right; at++)
                {
                    float x = image[((long)at * channels) + c];
                    if (x > best || float.IsNaN(x))
                    {
                        (best, position) = (x, at);
                    }
                }
            }

            (y[c], positions[c]) = (best, position);
        }

        public void FindVector(int c, float* y, int* positions)
        {
            Vector<float> best = new(float.NegativeInfinity);
            Vector<int> position = new((top * width) + left);
            for (int h = top; h < bottom; h++)
            {
                for (int at = (h * width) + left; at < (h * width) + right; at++)
                {
                    Vector<float> x = Vector.Load(image + ((long)at * channels) + c);
                    Vector<int> isBetter = Vector.GreaterThan(x, best) | ~Vector.Equals(x, x);
                    best = Vector.ConditionalSelect(isBetter, x, best);
                    position = Vector.ConditionalSelect(isBetter, new Vector<int>(at), position);
                }
            }

            best.Store(y + c);
            position.Store(positions + c);
        }
    }

    private unsafe struct Args
    {
        public float* X;
        public float* Y;
        public int* Positions;
        public WindowAxis Rows;
        public WindowAxis Columns;
        public int Channels;
        public RowChunks Chunks;
    }
}

public sealed partial record MaxPoolGrad
{
    /// <inheritdoc/>
    public override unsafe void EmitCpu(CpuCall call)
    {
        Shape x = call.OutputShape(0);
        (WindowAxis rows, WindowAxis columns) = PoolRule.Axes(x, call.InputShape(1), Window, Stride, Pad);
        Args args = new()
        {
            Positions = (int*)call.Input(0),
            GradY = call.Input(1),
            GradX = call.Output(0),
            Rows = rows,
            Columns = columns,
            Channels = x[1],
            Chunks = new RowChunks(x[0] * x[2], (long)x[3] * x[1]),
        };
        call.Steps.Add("max_pool_grad", &Chunk, args, args.Chunks.Count);
    }

    private static unsafe void Chunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            int h = row % args->Rows.Inputs;
            (int top, int bottom) = args->Rows.OutputsOf(h);
            long image = (long)(row / args->Rows.Inputs) * args->Rows.Outputs * args->Columns.Outputs * channels;
            for (int w = 0; w < args->Columns.Inputs; w++)
            {
                (int left, int right) = args->Columns.OutputsOf(w);
                float* gradX = args->GradX + ((((long)row * args->Columns.Inputs) + w) * channels);
                Choices choices = new(
                    args->GradY + image, args->Positions + image, top, bottom, left, right, args->Columns.Outputs, channels, (h * args->Columns.Inputs) + w);
                int c = 0;
                for (; channels >= Vector<float>.Count && c < channels; c += Vector<float>.Count)
                {
                    int start = Math.Min(c, channels - Vector<float>.Count);
                    choices.SumVector(start).Store(gradX + start);
                }

                for (; c < channels; c++)
                {
                    gradX[c] = choices.Sum(c);
                }
            }
        }
    }

    // The windows over one pixel.
    private readonly unsafe struct Choices(
        float* gradY, int* positions, int top, int bottom, int left, int right, int width, int channels, int pixel)
    {
        public float Sum(int c)
        {
            float sum = 0;
            for (int p = top; p < bottom; p++)
            {
                for (int at = (p * width) + left; at < (p * width) + right; at++)
                {
                    long i = ((long)at * channels) + c;
                    sum += positions[i] == pixel ? gradY[i] : 0;
                }
            }

            return sum;
        }

        public Vector<float> SumVector(int c)
        {
            Vector<float> sum = Vector<float>.Zero;
            Vector<int> chosen = new(pixel);
            for (int p = top; p < bottom; p++)
            {
                for (int at = (p * width) + left; at < (p * width) + right; at++)
                {
                    long i = ((long)at * channels) + c;
                    Vector<int> isChosen = Vector.Equals(Vector.Load(positions + i), chosen);
                    sum += Vector.ConditionalSelect(isChosen, Vector.Load(gradY + i), Vector<float>.Zero);
                }
            }

            return sum;
        }
    }

    private unsafe struct Args
    {
        public int* Positions;
        public float* GradY;
        public float* GradX;
        public WindowAxis Rows;
        public WindowAxis Columns;
        public int Channels;
        public RowChunks Chunks;
    }
}
