// Written by tests/Trainer.Tests/Cpu/MicroKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class MicroKernels512
{
    public static MicroKernels Set => new()
    {
        WideColumns = 32,
        NarrowColumns = 16,
        WideRows = 8,
        NarrowRows = 16,
        ShortRows = 4,
        Wide = &Wide,
        WideShort = &WideShort,
        Narrow = &Narrow,
        NarrowShort = &NarrowShort,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector512<float> c0_0 = Vector512.Load(start + (0 * rowStart) + 0);
        Vector512<float> c0_1 = Vector512.Load(start + (0 * rowStart) + 16);
        Vector512<float> c1_0 = Vector512.Load(start + (1 * rowStart) + 0);
        Vector512<float> c1_1 = Vector512.Load(start + (1 * rowStart) + 16);
        Vector512<float> c2_0 = Vector512.Load(start + (2 * rowStart) + 0);
        Vector512<float> c2_1 = Vector512.Load(start + (2 * rowStart) + 16);
        Vector512<float> c3_0 = Vector512.Load(start + (3 * rowStart) + 0);
        Vector512<float> c3_1 = Vector512.Load(start + (3 * rowStart) + 16);
        Vector512<float> c4_0 = Vector512.Load(start + (4 * rowStart) + 0);
        Vector512<float> c4_1 = Vector512.Load(start + (4 * rowStart) + 16);
        Vector512<float> c5_0 = Vector512.Load(start + (5 * rowStart) + 0);
        Vector512<float> c5_1 = Vector512.Load(start + (5 * rowStart) + 16);
        Vector512<float> c6_0 = Vector512.Load(start + (6 * rowStart) + 0);
        Vector512<float> c6_1 = Vector512.Load(start + (6 * rowStart) + 16);
        Vector512<float> c7_0 = Vector512.Load(start + (7 * rowStart) + 0);
        Vector512<float> c7_1 = Vector512.Load(start + (7 * rowStart) + 16);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        float* a6 = a + (6 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector512<float> b0 = Vector512.Load(b + 0);
            Vector512<float> b1 = Vector512.Load(b + 16);
            Vector512<float> x0 = Vector512.Create(*a0);
            c0_0 = Vector512.FusedMultiplyAdd(x0, b0, c0_0);
            c0_1 = Vector512.FusedMultiplyAdd(x0, b1, c0_1);
            Vector512<float> x1 = Vector512.Create(a0[rowA]);
            c1_0 = Vector512.FusedMultiplyAdd(x1, b0, c1_0);
            c1_1 = Vector512.FusedMultiplyAdd(x1, b1, c1_1);
            Vector512<float> x2 = Vector512.Create(a0[2 * rowA]);
            c2_0 = Vector512.FusedMultiplyAdd(x2, b0, c2_0);
            c2_1 = Vector512.FusedMultiplyAdd(x2, b1, c2_1);
            Vector512<float> x3 = Vector512.Create(*a3);
            c3_0 = Vector512.FusedMultiplyAdd(x3, b0, c3_0);
            c3_1 = Vector512.FusedMultiplyAdd(x3, b1, c3_1);
            Vector512<float> x4 = Vector512.Create(a3[rowA]);
            c4_0 = Vector512.FusedMultiplyAdd(x4, b0, c4_0);
            c4_1 = Vector512.FusedMultiplyAdd(x4, b1, c4_1);
            Vector512<float> x5 = Vector512.Create(a3[2 * rowA]);
            c5_0 = Vector512.FusedMultiplyAdd(x5, b0, c5_0);
            c5_1 = Vector512.FusedMultiplyAdd(x5, b1, c5_1);
            Vector512<float> x6 = Vector512.Create(*a6);
            c6_0 = Vector512.FusedMultiplyAdd(x6, b0, c6_0);
            c6_1 = Vector512.FusedMultiplyAdd(x6, b1, c6_1);
            Vector512<float> x7 = Vector512.Create(a6[rowA]);
            c7_0 = Vector512.FusedMultiplyAdd(x7, b0, c7_0);
            c7_1 = Vector512.FusedMultiplyAdd(x7, b1, c7_1);
            b += 32;
            a0 += stepA;
            a3 += stepA;
            a6 += stepA;
        }

        Vector512.Store(c0_0, c + (0 * rowC) + 0);
        Vector512.Store(c0_1, c + (0 * rowC) + 16);
        Vector512.Store(c1_0, c + (1 * rowC) + 0);
        Vector512.Store(c1_1, c + (1 * rowC) + 16);
        Vector512.Store(c2_0, c + (2 * rowC) + 0);
        Vector512.Store(c2_1, c + (2 * rowC) + 16);
        Vector512.Store(c3_0, c + (3 * rowC) + 0);
        Vector512.Store(c3_1, c + (3 * rowC) + 16);
        Vector512.Store(c4_0, c + (4 * rowC) + 0);
        Vector512.Store(c4_1, c + (4 * rowC) + 16);
        Vector512.Store(c5_0, c + (5 * rowC) + 0);
        Vector512.Store(c5_1, c + (5 * rowC) + 16);
        Vector512.Store(c6_0, c + (6 * rowC) + 0);
        Vector512.Store(c6_1, c + (6 * rowC) + 16);
        Vector512.Store(c7_0, c + (7 * rowC) + 0);
        Vector512.Store(c7_1, c + (7 * rowC) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WideShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector512<float> c0_0 = Vector512.Load(start + (0 * rowStart) + 0);
        Vector512<float> c0_1 = Vector512.Load(start + (0 * rowStart) + 16);
        Vector512<float> c1_0 = Vector512.Load(start + (1 * rowStart) + 0);
        Vector512<float> c1_1 = Vector512.Load(start + (1 * rowStart) + 16);
        Vector512<float> c2_0 = Vector512.Load(start + (2 * rowStart) + 0);
        Vector512<float> c2_1 = Vector512.Load(start + (2 * rowStart) + 16);
        Vector512<float> c3_0 = Vector512.Load(start + (3 * rowStart) + 0);
        Vector512<float> c3_1 = Vector512.Load(start + (3 * rowStart) + 16);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector512<float> b0 = Vector512.Load(b + 0);
            Vector512<float> b1 = Vector512.Load(b + 16);
            Vector512<float> x0 = Vector512.Create(*a0);
            c0_0 = Vector512.FusedMultiplyAdd(x0, b0, c0_0);
            c0_1 = Vector512.FusedMultiplyAdd(x0, b1, c0_1);
            Vector512<float> x1 = Vector512.Create(a0[rowA]);
            c1_0 = Vector512.FusedMultiplyAdd(x1, b0, c1_0);
            c1_1 = Vector512.FusedMultiplyAdd(x1, b1, c1_1);
            Vector512<float> x2 = Vector512.Create(a0[2 * rowA]);
            c2_0 = Vector512.FusedMultiplyAdd(x2, b0, c2_0);
            c2_1 = Vector512.FusedMultiplyAdd(x2, b1, c2_1);
            Vector512<float> x3 = Vector512.Create(*a3);
            c3_0 = Vector512.FusedMultiplyAdd(x3, b0, c3_0);
            c3_1 = Vector512.FusedMultiplyAdd(x3, b1, c3_1);
            b += 32;
            a0 += stepA;
            a3 += stepA;
        }

        Vector512.Store(c0_0, c + (0 * rowC) + 0);
        Vector512.Store(c0_1, c + (0 * rowC) + 16);
        Vector512.Store(c1_0, c + (1 * rowC) + 0);
        Vector512.Store(c1_1, c + (1 * rowC) + 16);
        Vector512.Store(c2_0, c + (2 * rowC) + 0);
        Vector512.Store(c2_1, c + (2 * rowC) + 16);
        Vector512.Store(c3_0, c + (3 * rowC) + 0);
        Vector512.Store(c3_1, c + (3 * rowC) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector512<float> c0_0 = Vector512.Load(start + (0 * rowStart) + 0);
        Vector512<float> c1_0 = Vector512.Load(start + (1 * rowStart) + 0);
        Vector512<float> c2_0 = Vector512.Load(start + (2 * rowStart) + 0);
        Vector512<float> c3_0 = Vector512.Load(start + (3 * rowStart) + 0);
        Vector512<float> c4_0 = Vector512.Load(start + (4 * rowStart) + 0);
        Vector512<float> c5_0 = Vector512.Load(start + (5 * rowStart) + 0);
        Vector512<float> c6_0 = Vector512.Load(start + (6 * rowStart) + 0);
        Vector512<float> c7_0 = Vector512.Load(start + (7 * rowStart) + 0);
        Vector512<float> c8_0 = Vector512.Load(start + (8 * rowStart) + 0);
        Vector512<float> c9_0 = Vector512.Load(start + (9 * rowStart) + 0);
        Vector512<float> c10_0 = Vector512.Load(start + (10 * rowStart) + 0);
        Vector512<float> c11_0 = Vector512.Load(start + (11 * rowStart) + 0);
        Vector512<float> c12_0 = Vector512.Load(start + (12 * rowStart) + 0);
        Vector512<float> c13_0 = Vector512.Load(start + (13 * rowStart) + 0);
        Vector512<float> c14_0 = Vector512.Load(start + (14 * rowStart) + 0);
        Vector512<float> c15_0 = Vector512.Load(start + (15 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        float* a6 = a + (6 * rowA);
        float* a9 = a + (9 * rowA);
        float* a12 = a + (12 * rowA);
        float* a15 = a + (15 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector512<float> b0 = Vector512.Load(b + 0);
            Vector512<float> x0 = Vector512.Create(*a0);
            c0_0 = Vector512.FusedMultiplyAdd(x0, b0, c0_0);
            Vector512<float> x1 = Vector512.Create(a0[rowA]);
            c1_0 = Vector512.FusedMultiplyAdd(x1, b0, c1_0);
            Vector512<float> x2 = Vector512.Create(a0[2 * rowA]);
            c2_0 = Vector512.FusedMultiplyAdd(x2, b0, c2_0);
            Vector512<float> x3 = Vector512.Create(*a3);
            c3_0 = Vector512.FusedMultiplyAdd(x3, b0, c3_0);
            Vector512<float> x4 = Vector512.Create(a3[rowA]);
            c4_0 = Vector512.FusedMultiplyAdd(x4, b0, c4_0);
            Vector512<float> x5 = Vector512.Create(a3[2 * rowA]);
            c5_0 = Vector512.FusedMultiplyAdd(x5, b0, c5_0);
            Vector512<float> x6 = Vector512.Create(*a6);
            c6_0 = Vector512.FusedMultiplyAdd(x6, b0, c6_0);
            Vector512<float> x7 = Vector512.Create(a6[rowA]);
            c7_0 = Vector512.FusedMultiplyAdd(x7, b0, c7_0);
            Vector512<float> x8 = Vector512.Create(a6[2 * rowA]);
            c8_0 = Vector512.FusedMultiplyAdd(x8, b0, c8_0);
            Vector512<float> x9 = Vector512.Create(*a9);
            c9_0 = Vector512.FusedMultiplyAdd(x9, b0, c9_0);
            Vector512<float> x10 = Vector512.Create(a9[rowA]);
            c10_0 = Vector512.FusedMultiplyAdd(x10, b0, c10_0);
            Vector512<float> x11 = Vector512.Create(a9[2 * rowA]);
            c11_0 = Vector512.FusedMultiplyAdd(x11, b0, c11_0);
            Vector512<float> x12 = Vector512.Create(*a12);
            c12_0 = Vector512.FusedMultiplyAdd(x12, b0, c12_0);
            Vector512<float> x13 = Vector512.Create(a12[rowA]);
            c13_0 = Vector512.FusedMultiplyAdd(x13, b0, c13_0);
            Vector512<float> x14 = Vector512.Create(a12[2 * rowA]);
            c14_0 = Vector512.FusedMultiplyAdd(x14, b0, c14_0);
            Vector512<float> x15 = Vector512.Create(*a15);
            c15_0 = Vector512.FusedMultiplyAdd(x15, b0, c15_0);
            b += 16;
            a0 += stepA;
            a3 += stepA;
            a6 += stepA;
            a9 += stepA;
            a12 += stepA;
            a15 += stepA;
        }

        Vector512.Store(c0_0, c + (0 * rowC) + 0);
        Vector512.Store(c1_0, c + (1 * rowC) + 0);
        Vector512.Store(c2_0, c + (2 * rowC) + 0);
        Vector512.Store(c3_0, c + (3 * rowC) + 0);
        Vector512.Store(c4_0, c + (4 * rowC) + 0);
        Vector512.Store(c5_0, c + (5 * rowC) + 0);
        Vector512.Store(c6_0, c + (6 * rowC) + 0);
        Vector512.Store(c7_0, c + (7 * rowC) + 0);
        Vector512.Store(c8_0, c + (8 * rowC) + 0);
        Vector512.Store(c9_0, c + (9 * rowC) + 0);
        Vector512.Store(c10_0, c + (10 * rowC) + 0);
        Vector512.Store(c11_0, c + (11 * rowC) + 0);
        Vector512.Store(c12_0, c + (12 * rowC) + 0);
        Vector512.Store(c13_0, c + (13 * rowC) + 0);
        Vector512.Store(c14_0, c + (14 * rowC) + 0);
        Vector512.Store(c15_0, c + (15 * rowC) + 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector512<float> c0_0 = Vector512.Load(start + (0 * rowStart) + 0);
        Vector512<float> c1_0 = Vector512.Load(start + (1 * rowStart) + 0);
        Vector512<float> c2_0 = Vector512.Load(start + (2 * rowStart) + 0);
        Vector512<float> c3_0 = Vector512.Load(start + (3 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector512<float> b0 = Vector512.Load(b + 0);
            Vector512<float> x0 = Vector512.Create(*a0);
            c0_0 = Vector512.FusedMultiplyAdd(x0, b0, c0_0);
            Vector512<float> x1 = Vector512.Create(a0[rowA]);
            c1_0 = Vector512.FusedMultiplyAdd(x1, b0, c1_0);
            Vector512<float> x2 = Vector512.Create(a0[2 * rowA]);
            c2_0 = Vector512.FusedMultiplyAdd(x2, b0, c2_0);
            Vector512<float> x3 = Vector512.Create(*a3);
            c3_0 = Vector512.FusedMultiplyAdd(x3, b0, c3_0);
            b += 16;
            a0 += stepA;
            a3 += stepA;
        }

        Vector512.Store(c0_0, c + (0 * rowC) + 0);
        Vector512.Store(c1_0, c + (1 * rowC) + 0);
        Vector512.Store(c2_0, c + (2 * rowC) + 0);
        Vector512.Store(c3_0, c + (3 * rowC) + 0);
    }
}
