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

    private const int MantissaBits = 23;
    private const int ExponentBias = 127;
    private const int MostScale = 126;

    // 2^-40 and 2^60: where the largest magnitude lies between them, a thousand squares together are a float, and those that underflow do not matter.
    private const int UnscaledFrom = (ExponentBias - 40) << MantissaBits;
    private const int UnscaledTo = (ExponentBias + 60) << MantissaBits;

    /// <summary>A way to count what is in a run; magnitudes per place of the pattern are widened.</summary>
    private interface IPass
    {
        unsafe void Add(float* x, int count, int* largest, int pattern, ref Counts counts);
    }

    /// <summary>Appends the steps that measure what a source reads.</summary>
    /// <param name="call">Its first output receives the numbers.</param>
    /// <param name="source">Where the elements come from.</param>
    /// <param name="whole">Shape of the source.</param>
    /// <param name="elements">Elements of the images looked at; those that the source has not are zeros.</param>
    internal unsafe void Emit(CpuCall call, PixelSource source, Shape whole, long elements)
    {
        Shape x = Measured(whole);
        (int rows, int width) = x.Rank == 4 ? (x[0] * x[2], x[3]) : (x[0], 1);
        int perRow = width * x[1];
        int rowsPerChunk = Math.Min(rows, Math.Max(Elementwise.ChunkLength / perRow, (LeastPixels + width - 1) / width));
        int chunks = (rows + rowsPerChunk - 1) / rowsPerChunk;
        int pattern = new ChannelPattern(rows, x[1]).Width;
        Args args = new()
        {
            Source = source,
            FirstRow = rows / x[0] * (whole[0] - x[0]),
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

    // The last chunk first: what was computed last is still in the caches.
    private static unsafe void MeasureChunk(Args* args, int number, float* scratch)
    {
        int chunk = args->Chunks - 1 - number;
        int channels = args->Source.Channels;
        int* largest = (int*)scratch;
        new Span<int>(largest, args->Pattern).Clear();
        Counts counts = default;
        Walk(new FastPass(1), args, chunk, scratch, ref counts);
        int most = TensorPrimitives.Max(new ReadOnlySpan<int>(largest, args->Pattern));
        if (most >= InfinityBits)
        {
            counts = default;
            Walk(default(SinglePass), args, chunk, scratch, ref counts);
        }
        else if (most != 0 && (most < UnscaledFrom || most > UnscaledTo))
        {
            counts = default;
            Walk(new FastPass(float.ScaleB(1, Math.Min(MostScale, ExponentBias - (most >> MantissaBits)))), args, chunk, scratch, ref counts);
        }

        args->Counts[chunk] = counts;
        int* folded = args->Magnitudes + ((nint)chunk * channels);
        new Span<int>(folded, channels).Clear();
        for (int i = 0; i < args->Pattern; i += channels)
        {
            Widen(folded, largest + i, channels);
        }
    }

    // Magnitudes per place of the pattern lie at the start of the scratch, a row that is not in memory behind them.
    private static unsafe void Walk<TPass>(TPass pass, Args* args, int chunk, float* scratch, ref Counts counts)
        where TPass : struct, IPass
    {
        int channels = args->Source.Channels;
        int first = chunk * args->RowsPerChunk;
        int end = Math.Min(args->Rows, first + args->RowsPerChunk);
        int perRow = args->Width * channels;
        if (args->Source.Address != null)
        {
            pass.Add(args->Source.Address + ((nint)(args->FirstRow + first) * perRow), (end - first) * perRow, (int*)scratch, args->Pattern, ref counts);
            return;
        }

        float* row = scratch + args->Pattern;
        for (int i = first; i < end; i++)
        {
            args->Source.Read(new PixelRun((nint)(args->FirstRow + i) * args->Width, args->Width, 0, channels), row, channels);
            pass.Add(row, perRow, (int*)scratch, args->Pattern, ref counts);
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

    // One by one, squares in double.
    private static unsafe void AddRest(float* x, int first, int count, int* largest, int pattern, ref Counts counts)
    {
        int saturatedFrom = BitConverter.SingleToInt32Bits(SaturatedFrom);
        for (int i = first; i < count; i++)
        {
            int magnitude = BitConverter.SingleToInt32Bits(x[i]) & int.MaxValue;
            largest[i % pattern] = Math.Max(largest[i % pattern], magnitude);
            counts.Squares += (double)x[i] * x[i];
            counts.Zeros += magnitude == 0 ? 1 : 0;
            counts.Saturated += magnitude > saturatedFrom ? 1 : 0;
            counts.NonFinite += magnitude >= InfinityBits ? 1 : 0;
        }
    }

    private static unsafe void Widen(int* largest, int* others, int count)
    {
        Span<int> widened = new(largest, count);
        TensorPrimitives.Max(widened, new ReadOnlySpan<int>(others, count), widened);
    }

    // In vectors; squares of elements times a power of two. Magnitudes are compared as the integers their bits are: in the order of the numbers, with infinity and what is not a number behind them.
    private readonly struct FastPass(float scale) : IPass
    {
        // Floats that are added up in float before they are added to a double.
        private const int BlockLength = 1024;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public unsafe void Add(float* x, int count, int* largest, int pattern, ref Counts counts)
        {
            Vector<float> scales = new(scale);
            double unscaled = 1 / ((double)scale * scale);
            Vector<int> zeros = Vector<int>.Zero;
            Vector<int> saturated = Vector<int>.Zero;
            Vector<int> magnitudeBits = new(int.MaxValue);
            Vector<int> saturatedBits = new(BitConverter.SingleToInt32Bits(SaturatedFrom));
            int whole = count - (count % Vector<float>.Count);
            int at = 0;
            for (int block = 0; block < whole; block += BlockLength)
            {
                Vector<float> squares = Vector<float>.Zero;
                int end = Math.Min(whole, block + BlockLength);
                for (int i = block; i < end; i += Vector<float>.Count, at += Vector<float>.Count)
                {
                    at = at == pattern ? 0 : at;
                    Vector<float> value = Vector.Load(x + i);
                    Vector<int> magnitude = Vector.AsVectorInt32(value) & magnitudeBits;
                    Vector.Store(Vector.Max(Vector.Load(largest + at), magnitude), largest + at);
                    // A comparison that holds is −1.
                    zeros -= Vector.Equals(magnitude, Vector<int>.Zero);
                    saturated -= Vector.GreaterThan(magnitude, saturatedBits);
                    value *= scales;
                    squares = Vector.FusedMultiplyAdd(value, value, squares);
                }

                Vector.Widen(squares, out Vector<double> low, out Vector<double> high);
                counts.Squares += Vector.Sum(low + high) * unscaled;
            }

            counts.Zeros += Vector.Sum(zeros);
            counts.Saturated += Vector.Sum(saturated);
            AddRest(x, whole, count, largest, pattern, ref counts);
        }
    }

    // For what is not finite.
    private readonly struct SinglePass : IPass
    {
        public unsafe void Add(float* x, int count, int* largest, int pattern, ref Counts counts) => AddRest(x, 0, count, largest, pattern, ref counts);
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
        public int FirstRow;
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
