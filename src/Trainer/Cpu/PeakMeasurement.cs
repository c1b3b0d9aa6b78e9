using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

/// <summary>Measures <see cref="MachinePeaks"/> on a team.</summary>
internal static unsafe class PeakMeasurement
{
    private const int Tries = 12;
    private const int Chunks = 64;
    private const int Chains = 12;
    private const int Rounds = 4096;

    // From the second-level cache's to beyond any cache; each chunk's share of the smallest is read often, so that it stays with the core that took the chunk.
    private static readonly long[] s_workingSets = [1 << 19, 1 << 22, 1 << 24, 1 << 26, 1 << 28];
    private static readonly int[] s_passes = [64, 4, 1, 1, 1];

    public static MachinePeaks Measure(ThreadTeam team)
    {
        using CpuMemory memory = new(s_workingSets[^1] / sizeof(float));
        return new MachinePeaks(
            FlopPerSecond(team, memory),
            [.. s_workingSets.Select((bytes, i) => new Bandwidth(bytes, BytesPerSecond(team, memory, bytes, s_passes[i])))]);
    }

    private static double FlopPerSecond(ThreadTeam team, CpuMemory memory)
    {
        delegate*<Args*, int, float*, void> kernel =
            Vector512.IsHardwareAccelerated ? &MultiplyAdd<Vector512<float>, Lanes512>
            : Vector256.IsHardwareAccelerated ? &MultiplyAdd<Vector256<float>, Lanes256>
            : Vector128.IsHardwareAccelerated ? &MultiplyAdd<Vector128<float>, Lanes128>
            : &MultiplyAdd<float, Lanes32>;
        int lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : Vector128.IsHardwareAccelerated ? 4 : 1;
        return 2.0 * Chains * Rounds * lanes * Chunks / Shortest(team, kernel, new Args { Memory = memory.Pointer });
    }

    private static double BytesPerSecond(ThreadTeam team, CpuMemory memory, long bytes, int passes)
    {
        Args args = new() { Memory = memory.Pointer, Share = bytes / sizeof(float) / Chunks, Passes = passes };
        // Memory may be faster at reading alone or at writing past the caches beside it.
        return bytes * passes / Math.Min(Shortest(team, &Read, args), Shortest(team, &Stream, args));
    }

    private static double Shortest(ThreadTeam team, delegate*<Args*, int, float*, void> kernel, Args args)
    {
        CpuStep step = new("peak", (nint)kernel, (nint)(&args), Chunks, 0);
        double shortest = double.PositiveInfinity;
        for (int i = 0; i < Tries; i++)
        {
            long start = Stopwatch.GetTimestamp();
            team.Run(step);
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return shortest;
    }

    // Independent chains hide the latency of a multiply-add; all live in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyAdd<TVector, TLanes>(Args* args, int chunk, float* scratch)
        where TVector : unmanaged
        where TLanes : ILanes<TVector>
    {
        TVector a = TLanes.Create(0.999f);
        TVector b = TLanes.Create(0.001f);
        TVector c0 = a, c1 = b, c2 = a, c3 = b, c4 = a, c5 = b, c6 = a, c7 = b, c8 = a, c9 = b, c10 = a, c11 = b;
        for (int i = 0; i < Rounds; i++)
        {
            c0 = TLanes.MultiplyAdd(c0, a, b);
            c1 = TLanes.MultiplyAdd(c1, a, b);
            c2 = TLanes.MultiplyAdd(c2, a, b);
            c3 = TLanes.MultiplyAdd(c3, a, b);
            c4 = TLanes.MultiplyAdd(c4, a, b);
            c5 = TLanes.MultiplyAdd(c5, a, b);
            c6 = TLanes.MultiplyAdd(c6, a, b);
            c7 = TLanes.MultiplyAdd(c7, a, b);
            c8 = TLanes.MultiplyAdd(c8, a, b);
            c9 = TLanes.MultiplyAdd(c9, a, b);
            c10 = TLanes.MultiplyAdd(c10, a, b);
            c11 = TLanes.MultiplyAdd(c11, a, b);
        }

        TVector sum = TLanes.MultiplyAdd(c0, c1, TLanes.MultiplyAdd(c2, c3, TLanes.MultiplyAdd(c4, c5, TLanes.MultiplyAdd(c6, c7, TLanes.MultiplyAdd(c8, c9, TLanes.MultiplyAdd(c10, c11, b))))));
        // Without a reader the compiler would drop it all.
        *(TVector*)(args->Memory + (chunk * 16)) = sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Read(Args* args, int chunk, float* scratch)
    {
        float* first = args->Memory + (chunk * args->Share);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int pass = 0; pass < args->Passes; pass++)
        {
            for (float* at = first; at < first + args->Share; at += 4 * Vector<float>.Count)
            {
                s0 += Vector.Load(at);
                s1 += Vector.Load(at + Vector<float>.Count);
                s2 += Vector.Load(at + (2 * Vector<float>.Count));
                s3 += Vector.Load(at + (3 * Vector<float>.Count));
            }
        }

        *first = Vector.Sum(s0 + s1 + s2 + s3);
    }

    // c = a + b over thirds of the share; a chunk's share is a whole number of vectors, its third is rounded down to one.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stream(Args* args, int chunk, float* scratch)
    {
        long third = args->Share / 3 / 16 * 16;
        float* a = args->Memory + (chunk * args->Share);
        for (int pass = 0; pass < args->Passes; pass++)
        {
            for (long i = 0; i < third; i += Vector<float>.Count)
            {
                Vector.StoreAlignedNonTemporal(Vector.Load(a + i) + Vector.Load(a + third + i), a + (2 * third) + i);
            }
        }
    }

    private interface ILanes<TVector>
    {
        static abstract TVector Create(float value);

        static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);
    }

    private struct Args
    {
        public float* Memory;
        public long Share;
        public int Passes;
    }

    private readonly struct Lanes512 : ILanes<Vector512<float>>
    {
        public static Vector512<float> Create(float value) => Vector512.Create(value);

        public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Vector512.MultiplyAddEstimate(a, b, c);
    }

    private readonly struct Lanes256 : ILanes<Vector256<float>>
    {
        public static Vector256<float> Create(float value) => Vector256.Create(value);

        public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.MultiplyAddEstimate(a, b, c);
    }

    private readonly struct Lanes128 : ILanes<Vector128<float>>
    {
        public static Vector128<float> Create(float value) => Vector128.Create(value);

        public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);
    }

    private readonly struct Lanes32 : ILanes<float>
    {
        public static float Create(float value) => value;

        public static float MultiplyAdd(float a, float b, float c) => (a * b) + c;
    }
}
