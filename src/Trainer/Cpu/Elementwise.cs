using System.Numerics;

namespace Gimbal.Trainer.Cpu;

/// <summary>y = f(x), with the attributes of f as fields.</summary>
public interface IUnaryMap
{
    /// <summary>One element.</summary>
    float Invoke(float x);

    /// <summary>Several elements at once.</summary>
    Vector<float> Invoke(Vector<float> x);
}

/// <summary>y = f(a, b), with the attributes of f as fields.</summary>
public interface IBinaryMap
{
    /// <summary>One element.</summary>
    float Invoke(float a, float b);

    /// <summary>Several elements at once.</summary>
    Vector<float> Invoke(Vector<float> a, Vector<float> b);
}

/// <summary>Parallel loops that compute each element from the elements at the same place. The JIT compiles one loop per map.</summary>
public static unsafe class Elementwise
{
    /// <summary>Elements per chunk: 64 KB, about 2 µs of work at memory speed.</summary>
    public const int ChunkLength = 16384;

    /// <summary>Number of chunks for <paramref name="count"/> elements.</summary>
    public static int Chunks(int count) => (count + ChunkLength - 1) / ChunkLength;

    /// <summary>Appends y[i] = map(x[i]); y may be x.</summary>
    public static void Map<TMap>(CpuSteps steps, string name, float* x, float* y, int count, TMap map)
        where TMap : unmanaged, IUnaryMap
    {
        ArgumentNullException.ThrowIfNull(steps);
        steps.Add(name, &UnaryChunk<TMap>, new Args<TMap> { A = x, Y = y, Count = count, Map = map }, Chunks(count));
    }

    /// <summary>Appends y[i] = map(a[i], b[i]); y may be a or b.</summary>
    public static void Map<TMap>(CpuSteps steps, string name, float* a, float* b, float* y, int count, TMap map)
        where TMap : unmanaged, IBinaryMap
    {
        ArgumentNullException.ThrowIfNull(steps);
        steps.Add(name, &BinaryChunk<TMap>, new Args<TMap> { A = a, B = b, Y = y, Count = count, Map = map }, Chunks(count));
    }

    private static void UnaryChunk<TMap>(Args<TMap>* args, int chunk, float* scratch)
        where TMap : unmanaged, IUnaryMap
    {
        TMap map = args->Map;
        float* x = args->A;
        float* y = args->Y;
        int i = chunk * ChunkLength;
        int end = Math.Min(args->Count, i + ChunkLength);
        for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(map.Invoke(Vector.Load(x + i)), y + i);
        }

        for (; i < end; i++)
        {
            y[i] = map.Invoke(x[i]);
        }
    }

    private static void BinaryChunk<TMap>(Args<TMap>* args, int chunk, float* scratch)
        where TMap : unmanaged, IBinaryMap
    {
        TMap map = args->Map;
        float* a = args->A;
        float* b = args->B;
        float* y = args->Y;
        int i = chunk * ChunkLength;
        int end = Math.Min(args->Count, i + ChunkLength);
        for (; i <= end - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(map.Invoke(Vector.Load(a + i), Vector.Load(b + i)), y + i);
        }

        for (; i < end; i++)
        {
            y[i] = map.Invoke(a[i], b[i]);
        }
    }

    private struct Args<TMap>
        where TMap : unmanaged
    {
        public float* A;
        public float* B;
        public float* Y;
        public int Count;
        public TMap Map;
    }
}
