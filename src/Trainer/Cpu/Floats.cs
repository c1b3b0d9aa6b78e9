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

    /// <summary>Asks for a run of pixels ahead of time, into the second-level cache.</summary>
    /// <param name="from">First channel of the first pixel.</param>
    /// <param name="pixels">Number of pixels.</param>
    /// <param name="step">Elements from one pixel to the next.</param>
    /// <param name="channels">Channels of a pixel.</param>
    public static void Prefetch(float* from, int pixels, nint step, int channels)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        // Pixels that lie close together are one run.
        (nint runs, nint length) = step == channels ? (1, pixels * step) : (pixels, channels);
        for (nint i = 0; i < runs; i++, from += step)
        {
            for (nint j = 0; j < length; j += Granule)
            {
                Sse.Prefetch1(from + j);
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
