// Written by tests/Trainer.Tests/Cpu/MicroKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class MicroKernels256
{
    public static MicroKernels Set => new()
    {
        WideColumns = 16,
        NarrowColumns = 8,
        WideRows = 6,
        NarrowRows = 12,
        ShortRows = 2,
        Wide = &Wide,
        WideShort = &WideShort,
        Narrow = &Narrow,
        NarrowShort = &NarrowShort,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector256<float> c0_0 = Vector256.Load(start + (0 * rowStart) + 0);
        Vector256<float> c0_1 = Vector256.Load(start + (0 * rowStart) + 8);
        Vector256<float> c1_0 = Vector256.Load(start + (1 * rowStart) + 0);
        Vector256<float> c1_1 = Vector256.Load(start + (1 * rowStart) + 8);
        Vector256<float> c2_0 = Vector256.Load(start + (2 * rowStart) + 0);
        Vector256<float> c2_1 = Vector256.Load(start + (2 * rowStart) + 8);
        Vector256<float> c3_0 = Vector256.Load(start + (3 * rowStart) + 0);
        Vector256<float> c3_1 = Vector256.Load(start + (3 * rowStart) + 8);
        Vector256<float> c4_0 = Vector256.Load(start + (4 * rowStart) + 0);
        Vector256<float> c4_1 = Vector256.Load(start + (4 * rowStart) + 8);
        Vector256<float> c5_0 = Vector256.Load(start + (5 * rowStart) + 0);
        Vector256<float> c5_1 = Vector256.Load(start + (5 * rowStart) + 8);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector256<float> b0 = Vector256.Load(b + 0);
            Vector256<float> b1 = Vector256.Load(b + 8);
            Vector256<float> x0 = Vector256.Create(*a0);
            c0_0 = Vector256.FusedMultiplyAdd(x0, b0, c0_0);
            c0_1 = Vector256.FusedMultiplyAdd(x0, b1, c0_1);
            Vector256<float> x1 = Vector256.Create(a0[rowA]);
            c1_0 = Vector256.FusedMultiplyAdd(x1, b0, c1_0);
            c1_1 = Vector256.FusedMultiplyAdd(x1, b1, c1_1);
            Vector256<float> x2 = Vector256.Create(a0[2 * rowA]);
            c2_0 = Vector256.FusedMultiplyAdd(x2, b0, c2_0);
            c2_1 = Vector256.FusedMultiplyAdd(x2, b1, c2_1);
            Vector256<float> x3 = Vector256.Create(*a3);
            c3_0 = Vector256.FusedMultiplyAdd(x3, b0, c3_0);
            c3_1 = Vector256.FusedMultiplyAdd(x3, b1, c3_1);
            Vector256<float> x4 = Vector256.Create(a3[rowA]);
            c4_0 = Vector256.FusedMultiplyAdd(x4, b0, c4_0);
            c4_1 = Vector256.FusedMultiplyAdd(x4, b1, c4_1);
            Vector256<float> x5 = Vector256.Create(a3[2 * rowA]);
            c5_0 = Vector256.FusedMultiplyAdd(x5, b0, c5_0);
            c5_1 = Vector256.FusedMultiplyAdd(x5, b1, c5_1);
            b += 16;
            a0 += stepA;
            a3 += stepA;
        }

        Vector256.Store(c0_0, c + (0 * rowC) + 0);
        Vector256.Store(c0_1, c + (0 * rowC) + 8);
        Vector256.Store(c1_0, c + (1 * rowC) + 0);
        Vector256.Store(c1_1, c + (1 * rowC) + 8);
        Vector256.Store(c2_0, c + (2 * rowC) + 0);
        Vector256.Store(c2_1, c + (2 * rowC) + 8);
        Vector256.Store(c3_0, c + (3 * rowC) + 0);
        Vector256.Store(c3_1, c + (3 * rowC) + 8);
        Vector256.Store(c4_0, c + (4 * rowC) + 0);
        Vector256.Store(c4_1, c + (4 * rowC) + 8);
        Vector256.Store(c5_0, c + (5 * rowC) + 0);
        Vector256.Store(c5_1, c + (5 * rowC) + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WideShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector256<float> c0_0 = Vector256.Load(start + (0 * rowStart) + 0);
        Vector256<float> c0_1 = Vector256.Load(start + (0 * rowStart) + 8);
        Vector256<float> c1_0 = Vector256.Load(start + (1 * rowStart) + 0);
        Vector256<float> c1_1 = Vector256.Load(start + (1 * rowStart) + 8);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector256<float> b0 = Vector256.Load(b + 0);
            Vector256<float> b1 = Vector256.Load(b + 8);
            Vector256<float> x0 = Vector256.Create(*a0);
            c0_0 = Vector256.FusedMultiplyAdd(x0, b0, c0_0);
            c0_1 = Vector256.FusedMultiplyAdd(x0, b1, c0_1);
            Vector256<float> x1 = Vector256.Create(a0[rowA]);
            c1_0 = Vector256.FusedMultiplyAdd(x1, b0, c1_0);
            c1_1 = Vector256.FusedMultiplyAdd(x1, b1, c1_1);
            b += 16;
            a0 += stepA;
        }

        Vector256.Store(c0_0, c + (0 * rowC) + 0);
        Vector256.Store(c0_1, c + (0 * rowC) + 8);
        Vector256.Store(c1_0, c + (1 * rowC) + 0);
        Vector256.Store(c1_1, c + (1 * rowC) + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector256<float> c0_0 = Vector256.Load(start + (0 * rowStart) + 0);
        Vector256<float> c1_0 = Vector256.Load(start + (1 * rowStart) + 0);
        Vector256<float> c2_0 = Vector256.Load(start + (2 * rowStart) + 0);
        Vector256<float> c3_0 = Vector256.Load(start + (3 * rowStart) + 0);
        Vector256<float> c4_0 = Vector256.Load(start + (4 * rowStart) + 0);
        Vector256<float> c5_0 = Vector256.Load(start + (5 * rowStart) + 0);
        Vector256<float> c6_0 = Vector256.Load(start + (6 * rowStart) + 0);
        Vector256<float> c7_0 = Vector256.Load(start + (7 * rowStart) + 0);
        Vector256<float> c8_0 = Vector256.Load(start + (8 * rowStart) + 0);
        Vector256<float> c9_0 = Vector256.Load(start + (9 * rowStart) + 0);
        Vector256<float> c10_0 = Vector256.Load(start + (10 * rowStart) + 0);
        Vector256<float> c11_0 = Vector256.Load(start + (11 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        float* a6 = a + (6 * rowA);
        float* a9 = a + (9 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector256<float> b0 = Vector256.Load(b + 0);
            Vector256<float> x0 = Vector256.Create(*a0);
            c0_0 = Vector256.FusedMultiplyAdd(x0, b0, c0_0);
            Vector256<float> x1 = Vector256.Create(a0[rowA]);
            c1_0 = Vector256.FusedMultiplyAdd(x1, b0, c1_0);
            Vector256<float> x2 = Vector256.Create(a0[2 * rowA]);
            c2_0 = Vector256.FusedMultiplyAdd(x2, b0, c2_0);
            Vector256<float> x3 = Vector256.Create(*a3);
            c3_0 = Vector256.FusedMultiplyAdd(x3, b0, c3_0);
            Vector256<float> x4 = Vector256.Create(a3[rowA]);
            c4_0 = Vector256.FusedMultiplyAdd(x4, b0, c4_0);
            Vector256<float> x5 = Vector256.Create(a3[2 * rowA]);
            c5_0 = Vector256.FusedMultiplyAdd(x5, b0, c5_0);
            Vector256<float> x6 = Vector256.Create(*a6);
            c6_0 = Vector256.FusedMultiplyAdd(x6, b0, c6_0);
            Vector256<float> x7 = Vector256.Create(a6[rowA]);
            c7_0 = Vector256.FusedMultiplyAdd(x7, b0, c7_0);
            Vector256<float> x8 = Vector256.Create(a6[2 * rowA]);
            c8_0 = Vector256.FusedMultiplyAdd(x8, b0, c8_0);
            Vector256<float> x9 = Vector256.Create(*a9);
            c9_0 = Vector256.FusedMultiplyAdd(x9, b0, c9_0);
            Vector256<float> x10 = Vector256.Create(a9[rowA]);
            c10_0 = Vector256.FusedMultiplyAdd(x10, b0, c10_0);
            Vector256<float> x11 = Vector256.Create(a9[2 * rowA]);
            c11_0 = Vector256.FusedMultiplyAdd(x11, b0, c11_0);
            b += 8;
            a0 += stepA;
            a3 += stepA;
            a6 += stepA;
            a9 += stepA;
        }

        Vector256.Store(c0_0, c + (0 * rowC) + 0);
        Vector256.Store(c1_0, c + (1 * rowC) + 0);
        Vector256.Store(c2_0, c + (2 * rowC) + 0);
        Vector256.Store(c3_0, c + (3 * rowC) + 0);
        Vector256.Store(c4_0, c + (4 * rowC) + 0);
        Vector256.Store(c5_0, c + (5 * rowC) + 0);
        Vector256.Store(c6_0, c + (6 * rowC) + 0);
        Vector256.Store(c7_0, c + (7 * rowC) + 0);
        Vector256.Store(c8_0, c + (8 * rowC) + 0);
        Vector256.Store(c9_0, c + (9 * rowC) + 0);
        Vector256.Store(c10_0, c + (10 * rowC) + 0);
        Vector256.Store(c11_0, c + (11 * rowC) + 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector256<float> c0_0 = Vector256.Load(start + (0 * rowStart) + 0);
        Vector256<float> c1_0 = Vector256.Load(start + (1 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector256<float> b0 = Vector256.Load(b + 0);
            Vector256<float> x0 = Vector256.Create(*a0);
            c0_0 = Vector256.FusedMultiplyAdd(x0, b0, c0_0);
            Vector256<float> x1 = Vector256.Create(a0[rowA]);
            c1_0 = Vector256.FusedMultiplyAdd(x1, b0, c1_0);
            b += 8;
            a0 += stepA;
        }

        Vector256.Store(c0_0, c + (0 * rowC) + 0);
        Vector256.Store(c1_0, c + (1 * rowC) + 0);
    }
}
