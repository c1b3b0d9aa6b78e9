// Written by tests/Trainer.Tests/Cpu/MicroKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class MicroKernels32
{
    public static MicroKernels Set => new()
    {
        WideColumns = 4,
        NarrowColumns = 1,
        WideRows = 2,
        NarrowRows = 4,
        ShortRows = 2,
        Wide = &Wide,
        WideShort = &WideShort,
        Narrow = &Narrow,
        NarrowShort = &NarrowShort,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        float c0_0 = *(start + (0 * rowStart) + 0);
        float c0_1 = *(start + (0 * rowStart) + 1);
        float c0_2 = *(start + (0 * rowStart) + 2);
        float c0_3 = *(start + (0 * rowStart) + 3);
        float c1_0 = *(start + (1 * rowStart) + 0);
        float c1_1 = *(start + (1 * rowStart) + 1);
        float c1_2 = *(start + (1 * rowStart) + 2);
        float c1_3 = *(start + (1 * rowStart) + 3);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            float b0 = *(b + 0);
            float b1 = *(b + 1);
            float b2 = *(b + 2);
            float b3 = *(b + 3);
            float x0 = *a0;
            c0_0 = ((x0 * b0) + c0_0);
            c0_1 = ((x0 * b1) + c0_1);
            c0_2 = ((x0 * b2) + c0_2);
            c0_3 = ((x0 * b3) + c0_3);
            float x1 = a0[rowA];
            c1_0 = ((x1 * b0) + c1_0);
            c1_1 = ((x1 * b1) + c1_1);
            c1_2 = ((x1 * b2) + c1_2);
            c1_3 = ((x1 * b3) + c1_3);
            b += 4;
            a0 += stepA;
        }

        *(c + (0 * rowC) + 0) = c0_0;
        *(c + (0 * rowC) + 1) = c0_1;
        *(c + (0 * rowC) + 2) = c0_2;
        *(c + (0 * rowC) + 3) = c0_3;
        *(c + (1 * rowC) + 0) = c1_0;
        *(c + (1 * rowC) + 1) = c1_1;
        *(c + (1 * rowC) + 2) = c1_2;
        *(c + (1 * rowC) + 3) = c1_3;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WideShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        float c0_0 = *(start + (0 * rowStart) + 0);
        float c0_1 = *(start + (0 * rowStart) + 1);
        float c0_2 = *(start + (0 * rowStart) + 2);
        float c0_3 = *(start + (0 * rowStart) + 3);
        float c1_0 = *(start + (1 * rowStart) + 0);
        float c1_1 = *(start + (1 * rowStart) + 1);
        float c1_2 = *(start + (1 * rowStart) + 2);
        float c1_3 = *(start + (1 * rowStart) + 3);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            float b0 = *(b + 0);
            float b1 = *(b + 1);
            float b2 = *(b + 2);
            float b3 = *(b + 3);
            float x0 = *a0;
            c0_0 = ((x0 * b0) + c0_0);
            c0_1 = ((x0 * b1) + c0_1);
            c0_2 = ((x0 * b2) + c0_2);
            c0_3 = ((x0 * b3) + c0_3);
            float x1 = a0[rowA];
            c1_0 = ((x1 * b0) + c1_0);
            c1_1 = ((x1 * b1) + c1_1);
            c1_2 = ((x1 * b2) + c1_2);
            c1_3 = ((x1 * b3) + c1_3);
            b += 4;
            a0 += stepA;
        }

        *(c + (0 * rowC) + 0) = c0_0;
        *(c + (0 * rowC) + 1) = c0_1;
        *(c + (0 * rowC) + 2) = c0_2;
        *(c + (0 * rowC) + 3) = c0_3;
        *(c + (1 * rowC) + 0) = c1_0;
        *(c + (1 * rowC) + 1) = c1_1;
        *(c + (1 * rowC) + 2) = c1_2;
        *(c + (1 * rowC) + 3) = c1_3;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        float c0_0 = *(start + (0 * rowStart) + 0);
        float c1_0 = *(start + (1 * rowStart) + 0);
        float c2_0 = *(start + (2 * rowStart) + 0);
        float c3_0 = *(start + (3 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        float* a3 = a + (3 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            float b0 = *(b + 0);
            float x0 = *a0;
            c0_0 = ((x0 * b0) + c0_0);
            float x1 = a0[rowA];
            c1_0 = ((x1 * b0) + c1_0);
            float x2 = a0[2 * rowA];
            c2_0 = ((x2 * b0) + c2_0);
            float x3 = *a3;
            c3_0 = ((x3 * b0) + c3_0);
            b += 1;
            a0 += stepA;
            a3 += stepA;
        }

        *(c + (0 * rowC) + 0) = c0_0;
        *(c + (1 * rowC) + 0) = c1_0;
        *(c + (2 * rowC) + 0) = c2_0;
        *(c + (3 * rowC) + 0) = c3_0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void NarrowShort(nint inner, float* a, nint rowA, nint stepA, float* b, float* start, nint rowStart, float* c, nint rowC)
    {
        float c0_0 = *(start + (0 * rowStart) + 0);
        float c1_0 = *(start + (1 * rowStart) + 0);
        float* a0 = a + (0 * rowA);
        for (nint k = 0; k < inner; k++)
        {
            float b0 = *(b + 0);
            float x0 = *a0;
            c0_0 = ((x0 * b0) + c0_0);
            float x1 = a0[rowA];
            c1_0 = ((x1 * b0) + c1_0);
            b += 1;
            a0 += stepA;
        }

        *(c + (0 * rowC) + 0) = c0_0;
        *(c + (1 * rowC) + 0) = c1_0;
    }
}
