// Written by tests/Trainer.Tests/Cpu/MicroKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class MicroKernels128
{
    public static MicroKernels Set => new()
    {
        WideColumns = 8,
        NarrowColumns = 4,
        WideRows = 4,
        NarrowRows = 8,
        ShortRows = 2,
        Wide = &Wide,
        WideShort = &WideShort,
        Narrow = &Narrow,
        NarrowShort = &NarrowShort,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector128<float> c0_0 = Vector128.Load(start + (0 * rowStart) + 0);
        Vector128<float> c0_1 = Vector128.Load(start + (0 * rowStart) + 4);
        Vector128<float> c1_0 = Vector128.Load(start + (1 * rowStart) + 0);
        Vector128<float> c1_1 = Vector128.Load(start + (1 * rowStart) + 4);
        Vector128<float> c2_0 = Vector128.Load(start + (2 * rowStart) + 0);
        Vector128<float> c2_1 = Vector128.Load(start + (2 * rowStart) + 4);
        Vector128<float> c3_0 = Vector128.Load(start + (3 * rowStart) + 0);
        Vector128<float> c3_1 = Vector128.Load(start + (3 * rowStart) + 4);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector128<float> b0 = Vector128.Load(b + 0);
            Vector128<float> b1 = Vector128.Load(b + 4);
            Vector128<float> x0 = Vector128.Create(*a0);
            c0_0 = Vector128.MultiplyAddEstimate(x0, b0, c0_0);
            c0_1 = Vector128.MultiplyAddEstimate(x0, b1, c0_1);
            Vector128<float> x1 = Vector128.Create(a0[rowA]);
            c1_0 = Vector128.MultiplyAddEstimate(x1, b0, c1_0);
            c1_1 = Vector128.MultiplyAddEstimate(x1, b1, c1_1);
            Vector128<float> x2 = Vector128.Create(a0[2 * rowA]);
            c2_0 = Vector128.MultiplyAddEstimate(x2, b0, c2_0);
            c2_1 = Vector128.MultiplyAddEstimate(x2, b1, c2_1);
            Vector128<float> x3 = Vector128.Create(*a3);
            c3_0 = Vector128.MultiplyAddEstimate(x3, b0, c3_0);
            c3_1 = Vector128.MultiplyAddEstimate(x3, b1, c3_1);
            b += 8;
            a0 += stepA;
            a3 += stepA;
        }

        Vector128.Store(c0_0, c + (0 * rowC) + 0);
        Vector128.Store(c0_1, c + (0 * rowC) + 4);
        Vector128.Store(c1_0, c + (1 * rowC) + 0);
        Vector128.Store(c1_1, c + (1 * rowC) + 4);
        Vector128.Store(c2_0, c + (2 * rowC) + 0);
        Vector128.Store(c2_1, c + (2 * rowC) + 4);
        Vector128.Store(c3_0, c + (3 * rowC) + 0);
        Vector128.Store(c3_1, c + (3 * rowC) + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WideShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector128<float> c0_0 = Vector128.Load(start + (0 * rowStart) + 0);
        Vector128<float> c0_1 = Vector128.Load(start + (0 * rowStart) + 4);
        Vector128<float> c1_0 = Vector128.Load(start + (1 * rowStart) + 0);
        Vector128<float> c1_1 = Vector128.Load(start + (1 * rowStart) + 4);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector128<float> b0 = Vector128.Load(b + 0);
            Vector128<float> b1 = Vector128.Load(b + 4);
            Vector128<float> x0 = Vector128.Create(*a0);
            c0_0 = Vector128.MultiplyAddEstimate(x0, b0, c0_0);
            c0_1 = Vector128.MultiplyAddEstimate(x0, b1, c0_1);
            Vector128<float> x1 = Vector128.Create(a0[rowA]);
            c1_0 = Vector128.MultiplyAddEstimate(x1, b0, c1_0);
            c1_1 = Vector128.MultiplyAddEstimate(x1, b1, c1_1);
            b += 8;
            a0 += stepA;
        }

        Vector128.Store(c0_0, c + (0 * rowC) + 0);
        Vector128.Store(c0_1, c + (0 * rowC) + 4);
        Vector128.Store(c1_0, c + (1 * rowC) + 0);
        Vector128.Store(c1_1, c + (1 * rowC) + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector128<float> c0_0 = Vector128.Load(start + (0 * rowStart) + 0);
        Vector128<float> c1_0 = Vector128.Load(start + (1 * rowStart) + 0);
        Vector128<float> c2_0 = Vector128.Load(start + (2 * rowStart) + 0);
        Vector128<float> c3_0 = Vector128.Load(start + (3 * rowStart) + 0);
        Vector128<float> c4_0 = Vector128.Load(start + (4 * rowStart) + 0);
        Vector128<float> c5_0 = Vector128.Load(start + (5 * rowStart) + 0);
        Vector128<float> c6_0 = Vector128.Load(start + (6 * rowStart) + 0);
        Vector128<float> c7_0 = Vector128.Load(start + (7 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        float* a6 = a + (6 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector128<float> b0 = Vector128.Load(b + 0);
            Vector128<float> x0 = Vector128.Create(*a0);
            c0_0 = Vector128.MultiplyAddEstimate(x0, b0, c0_0);
            Vector128<float> x1 = Vector128.Create(a0[rowA]);
            c1_0 = Vector128.MultiplyAddEstimate(x1, b0, c1_0);
            Vector128<float> x2 = Vector128.Create(a0[2 * rowA]);
            c2_0 = Vector128.MultiplyAddEstimate(x2, b0, c2_0);
            Vector128<float> x3 = Vector128.Create(*a3);
            c3_0 = Vector128.MultiplyAddEstimate(x3, b0, c3_0);
            Vector128<float> x4 = Vector128.Create(a3[rowA]);
            c4_0 = Vector128.MultiplyAddEstimate(x4, b0, c4_0);
            Vector128<float> x5 = Vector128.Create(a3[2 * rowA]);
            c5_0 = Vector128.MultiplyAddEstimate(x5, b0, c5_0);
            Vector128<float> x6 = Vector128.Create(*a6);
            c6_0 = Vector128.MultiplyAddEstimate(x6, b0, c6_0);
            Vector128<float> x7 = Vector128.Create(a6[rowA]);
            c7_0 = Vector128.MultiplyAddEstimate(x7, b0, c7_0);
            b += 4;
            a0 += stepA;
            a3 += stepA;
            a6 += stepA;
        }

        Vector128.Store(c0_0, c + (0 * rowC) + 0);
        Vector128.Store(c1_0, c + (1 * rowC) + 0);
        Vector128.Store(c2_0, c + (2 * rowC) + 0);
        Vector128.Store(c3_0, c + (3 * rowC) + 0);
        Vector128.Store(c4_0, c + (4 * rowC) + 0);
        Vector128.Store(c5_0, c + (5 * rowC) + 0);
        Vector128.Store(c6_0, c + (6 * rowC) + 0);
        Vector128.Store(c7_0, c + (7 * rowC) + 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        Vector128<float> c0_0 = Vector128.Load(start + (0 * rowStart) + 0);
        Vector128<float> c1_0 = Vector128.Load(start + (1 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            Vector128<float> b0 = Vector128.Load(b + 0);
            Vector128<float> x0 = Vector128.Create(*a0);
            c0_0 = Vector128.MultiplyAddEstimate(x0, b0, c0_0);
            Vector128<float> x1 = Vector128.Create(a0[rowA]);
            c1_0 = Vector128.MultiplyAddEstimate(x1, b0, c1_0);
            b += 4;
            a0 += stepA;
        }

        Vector128.Store(c0_0, c + (0 * rowC) + 0);
        Vector128.Store(c1_0, c + (1 * rowC) + 0);
    }
}
