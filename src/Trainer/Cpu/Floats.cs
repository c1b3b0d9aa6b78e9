using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Gimbal.Trainer.Cpu;

/// <summary>Copies and fills of short runs, inlined where a call to the runtime's general routine would cost more than the work.</summary>
internal static unsafe class Floats
{
    /// <summary>A whole number of vectors of every instruction set.</summary>
    public const int Granule = 16;

    /// <summary>Copies a run; the two must not overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* from, float* to, int count)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
            {
                Vector512.Store(Vector512.Load(from + i), to + i);
            }
        }

        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(from + i), to + i);
        }

        if (i < count && count >= Vector<float>.Count)
        {
            // The last vector overlaps the one before it.
            Vector.Store(Vector.Load(from + count - Vector<float>.Count), to + count - Vector<float>.Count);
            return;
        }

        for (; i < count; i++)
        {
            to[i] = from[i];
        }
    }

    /// <summary>Copies a run of a multiple of <see cref="Granule"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyGranules(float* from, float* to, int count)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            for (int i = 0; i < count; i += Vector512<float>.Count)
            {
                Vector512.Store(Vector512.Load(from + i), to + i);
            }
        }
        else
        {
            for (int i = 0; i < count; i += Vector<float>.Count)
            {
                Vector.Store(Vector.Load(from + i), to + i);
            }
        }
    }

    /// <summary>Fills a run with zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Clear(float* to, int count)
    {
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector<float>.Zero, to + i);
        }

        for (; i < count; i++)
        {
            to[i] = 0;
        }
    }

    /// <summary>Adds a run to another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(float* from, float* to, int count)
    {
        int i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Store(Vector.Load(to + i) + Vector.Load(from + i), to + i);
        }

        for (; i < count; i++)
        {
            to[i] += from[i];
        }
    }

    /// <summary>Asks for one part of a run ahead of time, into the second-level cache.</summary>
    /// <param name="from">The run.</param>
    /// <param name="length">Its length.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">Number of parts that cover the run.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(float* from, nint length, int part, int parts)
    {
        if (Sse.IsSupported)
        {
            nint end = length * (part + 1) / parts;
            for (nint i = (length * part / parts) & -Granule; i < end; i += Granule)
            {
                Sse.Prefetch1(from + i);
            }
        }
    }

    /// <summary>Stores the first <paramref name="count"/> elements of a vector, 1 or more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> vector, float* to, int count)
    {
        if (count == Vector<float>.Count)
        {
            Vector.Store(vector, to);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            to[i] = vector[i];
        }
    }
}
