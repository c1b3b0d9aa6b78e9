using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>The CPU kernels that take every Stride-th pixel of an image, and put pixels back into one of zeros.</summary>
internal static unsafe class PixelGrid
{
    /// <summary>Appends the copy of every Stride-th pixel.</summary>
    public static void EmitForward(CpuCall call, Size2 stride) => Emit(call, "subsample_forward", &TakeChunk, call.InputShape(0), call.OutputShape(0), stride, 0);

    /// <summary>Appends the copy back, with zeros between.</summary>
    public static void EmitGradient(CpuCall call, Size2 stride) => Emit(call, "subsample_grad", &PutChunk, call.OutputShape(0), call.InputShape(0), stride, 1);

    private static void Emit(CpuCall call, string name, delegate*<Args*, int, float*, void> kernel, Shape large, Shape small, Size2 stride, int written)
    {
        Shape rows = written == 0 ? small : large;
        Args args = new()
        {
            From = call.Input(0),
            To = call.Output(0),
            LargeRows = large[2],
            LargeColumns = large[3],
            SmallRows = small[2],
            SmallColumns = small[3],
            Channels = large[1],
            Stride = stride,
            Chunks = new RowChunks(rows[0] * rows[2], (long)rows[3] * rows[1]),
        };
        call.Steps.Add(name, kernel, args, args.Chunks.Count);
    }

    private static void TakeChunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        nint step = (nint)args->Stride.W * channels;
        float* to = args->To + ((nint)args->Chunks.Start(chunk) * args->SmallColumns * channels);
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            nint largeRow = ((nint)(row / args->SmallRows) * args->LargeRows) + (row % args->SmallRows * args->Stride.H);
            float* from = args->From + (largeRow * args->LargeColumns * channels);
            for (int q = 0; q < args->SmallColumns; q++, from += step, to += channels)
            {
                Floats.Copy(from, to, channels);
            }
        }
    }

    private static void PutChunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Channels;
        int gap = (args->Stride.W - 1) * channels;
        int length = args->LargeColumns * channels;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            int h = row % args->LargeRows;
            float* to = args->To + ((nint)row * length);
            float* end = to + length;
            if (h % args->Stride.H != 0)
            {
                Floats.Clear(to, length);
                continue;
            }

            float* from = args->From + ((((nint)(row / args->LargeRows) * args->SmallRows) + (h / args->Stride.H)) * args->SmallColumns * channels);
            for (; to < end; from += channels, to += channels + gap)
            {
                Floats.Copy(from, to, channels);
                Floats.Clear(to + channels, (int)Math.Min(gap, end - to - channels));
            }
        }
    }

    private struct Args
    {
        public float* From;
        public float* To;
        public int LargeRows;
        public int LargeColumns;
        public int SmallRows;
        public int SmallColumns;
        public int Channels;
        public Size2 Stride;
        public RowChunks Chunks;
    }
}
