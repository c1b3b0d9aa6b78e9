using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Ops;

public sealed partial record SignalMeasure
{
    // Few pixels per chunk would make the magnitudes of the chunks' channels as large as the tensor.
    private const int LeastPixels = 32;

    private const int InfinityBits = 0x7F800000;

    /// <summary>Appends the steps that measure what a source reads.</summary>
    /// <param name="call">Its first output receives the numbers.</param>
    /// <param name="source">Where the elements come from.</param>
    /// <param name="x">Shape of what is read.</param>
    /// <param name="elements">Elements of the tensor; those that are not read are zeros.</param>
    internal static unsafe void Emit(CpuCall call, PixelSource source, Shape x, long elements)
    {
        (int rows, int width) = x.Rank == 4 ? (x[0] * x[2], x[3]) : (x[0], 1);
        int perRow = width * x[1];
        int rowsPerChunk = Math.Min(rows, Math.Max(Elementwise.ChunkLength / perRow, (LeastPixels + width - 1) / width));
        int chunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
        int pattern = new ChannelPattern(rows, x[1]).Width;
        Args args = new()
        {
            Source = source,
            Rows = rows,
            Width = width,
            RowsPerChunk = rowsPerChunk,
            Pattern = pattern,
            Chunks = chunks,
            Elements = elements,
            Read = x.Count,
            Counts = (Counts*)call.Steps.Scratch((long)chunks * sizeof(Counts) / sizeof(float)),
            Magnitudes = (int*)call.Steps.Scratch((long)chunks * x[1]),
            Y = call.Output(0),
        };
        call.Steps.Add("signal_measure_chunks", &MeasureChunk, args, chunks, pattern + (source.Address == null ? perRow : 0));
        call.Steps.Add("signal_measure", &JoinChunks, args, 1);
    }

    private static unsafe void MeasureChunk(Args* args, int chunk, float* scratch)
    {
        int channels = args->Source.Channels;
        int* largest = (int*)scratch;
        new Span<int>(largest, args->Pattern).Clear();
        int first = chunk * args->RowsPerChunk;
        int end = Math.Min(args->Rows, first + args->RowsPerChunk);
        int perRow = args->Width * channels;
        Counts counts = default;
        if (args->Source.Address != null)
        {
            MeasureRun(args->Source.Address + ((nint)first * perRow), (end - first) * perRow, largest, args->Pattern, ref counts);
        }
        else
        {
            float* row = scratch + args->Pattern;
            for (int i = first; i < end; i++)
            {
                args->Source.Read(new PixelRun((nint)i * args->Width, args->Width, 0, channels), row, channels);
                MeasureRun(row, perRow, largest, args->Pattern, ref counts);
            }
        }

        args->Counts[chunk] = counts;
        int* folded = args->Magnitudes + ((nint)chunk * channels);
        new Span<int>(folded, channels).Clear();
        for (int i = 0; i < args->Pattern; i += channels)
        {
            Widen(folded, largest + i, channels);
        }
    }

    // Magnitudes are compared as the integers their bits are: in the order of the numbers, with infinity and what is not a number behind them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void MeasureRun(float* x, int count, int* largest, int pattern, ref Counts counts)
    {
        Vector<double> low = Vector<double>.Zero;
        Vector<double> high = Vector<double>.Zero;
        Vector<int> zeros = Vector<int>.Zero;
        Vector<int> saturated = Vector<int>.Zero;
        Vector<int> nonFinite = Vector<int>.Zero;
        Vector<int> magnitudeBits = new(int.MaxValue);
        Vector<int> saturatedBits = new(BitConverter.SingleToInt32Bits(SaturatedFrom));
        Vector<int> lastFinite = new(InfinityBits - 1);
        int whole = count - (count % Vector<float>.Count);
        for (int i = 0, at = 0; i < whole; i += Vector<float>.Count, at += Vector<float>.Count)
        {
            at = at == pattern ? 0 : at;
            Vector<float> value = Vector.Load(x + i);
            Vector<int> magnitude = Vector.AsVectorInt32(value) & magnitudeBits;
            Vector.Store(Vector.Max(Vector.Load(largest + at), magnitude), largest + at);
            // A comparison that holds is −1.
            zeros -= Vector.Equals(magnitude, Vector<int>.Zero);
            saturated -= Vector.GreaterThan(magnitude, saturatedBits);
            nonFinite -= Vector.GreaterThan(magnitude, lastFinite);
            Vector.Widen(value, out Vector<double> first, out Vector<double> second);
            low += first * first;
            high += second * second;
        }

        counts.Squares += Vector.Sum(low + high);
        counts.Zeros += Vector.Sum(zeros);
        counts.Saturated += Vector.Sum(saturated);
        counts.NonFinite += Vector.Sum(nonFinite);
        for (int i = whole; i < count; i++)
        {
            int magnitude = BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue;
            largest[i % pattern] = Math.Max(largest[i % pattern], magnitude);
            counts.Squares += (double)x[i] * x[i];
            counts.Zeros += magnitude == 0 ? 1 : 0;
            counts.Saturated += magnitude > saturatedBits[0] ? 1 : 0;
            counts.NonFinite += magnitude >= InfinityBits ? 1 : 0;
        }
    }

    private static unsafe void JoinChunks(Args* args, int chunk, float* scratch)
    {
        Counts all = default;
        for (int i = 0; i < args->Chunks; i++)
        {
            all.Squares += args->Counts[i].Squares;
            all.Zeros += args->Counts[i].Zeros;
            all.Saturated += args->Counts[i].Saturated;
            all.NonFinite += args->Counts[i].NonFinite;
        }

        int channels = args->Source.Channels;
        for (int i = 1; i < args->Chunks; i++)
        {
            Widen(args->Magnitudes, args->Magnitudes + ((nint)i * channels), channels);
        }

        ReadOnlySpan<int> magnitudes = new(args->Magnitudes, channels);
        args->Y[0] = (float)Math.Sqrt(all.Squares / args->Elements);
        args->Y[1] = BitConverter.Int32BitsToSingle(TensorPrimitives.Max(magnitudes));
        args->Y[2] = (float)((double)(all.Zeros + args->Elements - args->Read) / args->Elements);
        args->Y[3] = (float)((double)all.Saturated / args->Elements);
        args->Y[4] = (float)magnitudes.Count(0) / channels;
        args->Y[5] = all.NonFinite;
    }

    private static unsafe void Widen(int* largest, int* others, int count)
    {
        Span<int> widened = new(largest, count);
        TensorPrimitives.Max(widened, new ReadOnlySpan<int>(others, count), widened);
    }

    private struct Counts
    {
        public double Squares;
        public long Zeros;
        public long Saturated;
        public long NonFinite;
    }

    private unsafe struct Args
    {
        public PixelSource Source;
        public int Rows;
        public int Width;
        public int RowsPerChunk;
        public int Pattern;
        public int Chunks;
        public long Elements;
        public long Read;
        public Counts* Counts;
        public int* Magnitudes;
        public float* Y;
    }
}
