using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

/// <summary>Copies images into larger ones and back, row by row.</summary>
internal static unsafe class PadKernel
{
    /// <summary>Appends one pass over the rows of the larger images, or of the smaller ones.</summary>
    /// <param name="call">Its first input is read and its first output written.</param>
    /// <param name="name">What the step does.</param>
    /// <param name="inner">Shape of the images without padding.</param>
    /// <param name="outer">Shape of the images with padding.</param>
    /// <param name="sides">Rows and columns between the two.</param>
    /// <param name="channelsBefore">Channels of the larger images ahead of the smaller ones'.</param>
    /// <param name="kernel"><see cref="PadChunk"/> or <see cref="CutChunk"/>.</param>
    public static void Emit(
        CpuCall call, string name, Shape inner, Shape outer, Pad2 sides, int channelsBefore, delegate*<Args*, int, float*, void> kernel)
    {
        Shape written = call.OutputShape(0);
        Args args = new()
        {
            From = call.Input(0),
            To = call.Output(0),
            Rows = inner[2],
            Columns = inner[3],
            Channels = inner[1],
            OuterRows = outer[2],
            OuterColumns = outer[3],
            OuterChannels = outer[1],
            Top = sides.Top,
            Left = sides.Left,
            Before = channelsBefore,
            Chunks = new RowChunks(written[0] * written[2], (long)written[3] * written[1]),
        };
        call.Steps.Add(name, kernel, args, args.Chunks.Count);
    }

    /// <summary>Writes rows of the larger images.</summary>
    public static void PadChunk(Args* args, int chunk, float* scratch)
    {
        int length = args->OuterColumns * args->OuterChannels;
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            float* to = args->To + ((long)row * length);
            int h = (row % args->OuterRows) - args->Top;
            if (h < 0 || h >= args->Rows)
            {
                Floats.Clear(to, length);
                continue;
            }

            float* from = args->From + ((((long)(row / args->OuterRows) * args->Rows) + h) * args->Columns * args->Channels);
            int start = args->InnerStart;
            Floats.Clear(to, start);
            int end = start;
            for (int w = 0; w < args->Runs; w++)
            {
                Floats.Copy(from + ((long)w * args->RunLength), to + start + ((long)w * args->OuterChannels), args->RunLength);
                end = start + (w * args->OuterChannels) + args->RunLength;
                int gap = w + 1 < args->Runs ? args->OuterChannels - args->RunLength : length - end;
                Floats.Clear(to + end, gap);
            }
        }
    }

    /// <summary>Writes rows of the smaller images.</summary>
    public static void CutChunk(Args* args, int chunk, float* scratch)
    {
        for (int row = args->Chunks.Start(chunk); row < args->Chunks.End(chunk); row++)
        {
            long outerRow = ((long)(row / args->Rows) * args->OuterRows) + (row % args->Rows) + args->Top;
            float* from = args->From + (outerRow * args->OuterColumns * args->OuterChannels) + args->InnerStart;
            float* to = args->To + ((long)row * args->Columns * args->Channels);
            for (int w = 0; w < args->Runs; w++)
            {
                Floats.Copy(from + ((long)w * args->OuterChannels), to + ((long)w * args->RunLength), args->RunLength);
            }
        }
    }

    /// <summary>A smaller image in a larger one.</summary>
    public struct Args
    {
        public float* From;
        public float* To;
        public int Rows;
        public int Columns;
        public int Channels;
        public int OuterRows;
        public int OuterColumns;
        public int OuterChannels;
        public int Top;
        public int Left;
        public int Before;
        public RowChunks Chunks;

        /// <summary>Where the smaller image's row starts in the larger one's.</summary>
        public readonly int InnerStart => (Left * OuterChannels) + Before;

        /// <summary>Contiguous pieces of a row: the row itself where no channels are added, else its pixels.</summary>
        public readonly int Runs => Channels == OuterChannels ? 1 : Columns;

        /// <summary>Floats of one piece.</summary>
        public readonly int RunLength => Channels == OuterChannels ? Columns * Channels : Channels;
    }
}
