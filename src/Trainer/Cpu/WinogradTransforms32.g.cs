// Written by tests/Trainer.Tests/Cpu/WinogradKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class WinogradTransforms32
{
    public static WinogradTransforms Set => new()
    {
        Lanes = 1,
        Source = &Source,
        Target = &Target,
        TargetGradient = &TargetGradient,
        Filter = &Filter,
        FilterGradient = &FilterGradient,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Source(float* from, nint row, nint pixel, int tiles, float* to, nint plane, nint tile)
    {
        float m2 = -2f;
        float mh = -0.5f;
        float m25 = -2.5f;
        float cp = 0.70710677f;
        float np = -0.70710677f;
        float cq = 1.4142135f;
        float nq = -1.4142135f;
        {
            float* s = from;
            float* o = to + (0 * plane);
            float r0_0, r0_1, r0_2, r0_3, r0_4, r0_5;
            {
                float d0 = *(s + (0 * row));
                float d2 = *(s + (2 * row));
                float d4 = *(s + (4 * row));
                r0_0 = d0 + ((m25 * d2) + d4);
                s += pixel;
            }
            {
                float d0 = *(s + (0 * row));
                float d2 = *(s + (2 * row));
                float d4 = *(s + (4 * row));
                r0_1 = d0 + ((m25 * d2) + d4);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d0 = *(s + (0 * row));
                    float d2 = *(s + (2 * row));
                    float d4 = *(s + (4 * row));
                    r0_2 = d0 + ((m25 * d2) + d4);
                    s += pixel;
                }
                {
                    float d0 = *(s + (0 * row));
                    float d2 = *(s + (2 * row));
                    float d4 = *(s + (4 * row));
                    r0_3 = d0 + ((m25 * d2) + d4);
                    s += pixel;
                }
                {
                    float d0 = *(s + (0 * row));
                    float d2 = *(s + (2 * row));
                    float d4 = *(s + (4 * row));
                    r0_4 = d0 + ((m25 * d2) + d4);
                    s += pixel;
                }
                {
                    float d0 = *(s + (0 * row));
                    float d2 = *(s + (2 * row));
                    float d4 = *(s + (4 * row));
                    r0_5 = d0 + ((m25 * d2) + d4);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r0_2) + r0_4);
                    float h1 = ((m2 * r0_1) + r0_3);
                    float e3 = ((mh * r0_2) + r0_4);
                    float h3 = ((mh * r0_1) + r0_3);
                    *(o + (0 * plane)) = r0_0 + ((m25 * r0_2) + r0_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r0_1 + ((m25 * r0_3) + r0_5);
                }
                r0_0 = r0_4;
                r0_1 = r0_5;
            }
        }
        {
            float* s = from;
            float* o = to + (6 * plane);
            float r1_0, r1_1, r1_2, r1_3, r1_4, r1_5;
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e1 = ((m2 * d2) + d4);
                float h1 = ((m2 * d1) + d3);
                r1_0 = ((cp * h1) + e1);
                s += pixel;
            }
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e1 = ((m2 * d2) + d4);
                float h1 = ((m2 * d1) + d3);
                r1_1 = ((cp * h1) + e1);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r1_2 = ((cp * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r1_3 = ((cp * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r1_4 = ((cp * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r1_5 = ((cp * h1) + e1);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r1_2) + r1_4);
                    float h1 = ((m2 * r1_1) + r1_3);
                    float e3 = ((mh * r1_2) + r1_4);
                    float h3 = ((mh * r1_1) + r1_3);
                    *(o + (0 * plane)) = r1_0 + ((m25 * r1_2) + r1_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r1_1 + ((m25 * r1_3) + r1_5);
                }
                r1_0 = r1_4;
                r1_1 = r1_5;
            }
        }
        {
            float* s = from;
            float* o = to + (12 * plane);
            float r2_0, r2_1, r2_2, r2_3, r2_4, r2_5;
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e1 = ((m2 * d2) + d4);
                float h1 = ((m2 * d1) + d3);
                r2_0 = ((np * h1) + e1);
                s += pixel;
            }
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e1 = ((m2 * d2) + d4);
                float h1 = ((m2 * d1) + d3);
                r2_1 = ((np * h1) + e1);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r2_2 = ((np * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r2_3 = ((np * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r2_4 = ((np * h1) + e1);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e1 = ((m2 * d2) + d4);
                    float h1 = ((m2 * d1) + d3);
                    r2_5 = ((np * h1) + e1);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r2_2) + r2_4);
                    float h1 = ((m2 * r2_1) + r2_3);
                    float e3 = ((mh * r2_2) + r2_4);
                    float h3 = ((mh * r2_1) + r2_3);
                    *(o + (0 * plane)) = r2_0 + ((m25 * r2_2) + r2_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r2_1 + ((m25 * r2_3) + r2_5);
                }
                r2_0 = r2_4;
                r2_1 = r2_5;
            }
        }
        {
            float* s = from;
            float* o = to + (18 * plane);
            float r3_0, r3_1, r3_2, r3_3, r3_4, r3_5;
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e3 = ((mh * d2) + d4);
                float h3 = ((mh * d1) + d3);
                r3_0 = ((cq * h3) + e3);
                s += pixel;
            }
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e3 = ((mh * d2) + d4);
                float h3 = ((mh * d1) + d3);
                r3_1 = ((cq * h3) + e3);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r3_2 = ((cq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r3_3 = ((cq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r3_4 = ((cq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r3_5 = ((cq * h3) + e3);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r3_2) + r3_4);
                    float h1 = ((m2 * r3_1) + r3_3);
                    float e3 = ((mh * r3_2) + r3_4);
                    float h3 = ((mh * r3_1) + r3_3);
                    *(o + (0 * plane)) = r3_0 + ((m25 * r3_2) + r3_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r3_1 + ((m25 * r3_3) + r3_5);
                }
                r3_0 = r3_4;
                r3_1 = r3_5;
            }
        }
        {
            float* s = from;
            float* o = to + (24 * plane);
            float r4_0, r4_1, r4_2, r4_3, r4_4, r4_5;
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e3 = ((mh * d2) + d4);
                float h3 = ((mh * d1) + d3);
                r4_0 = ((nq * h3) + e3);
                s += pixel;
            }
            {
                float d1 = *(s + (1 * row));
                float d2 = *(s + (2 * row));
                float d3 = *(s + (3 * row));
                float d4 = *(s + (4 * row));
                float e3 = ((mh * d2) + d4);
                float h3 = ((mh * d1) + d3);
                r4_1 = ((nq * h3) + e3);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r4_2 = ((nq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r4_3 = ((nq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r4_4 = ((nq * h3) + e3);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d2 = *(s + (2 * row));
                    float d3 = *(s + (3 * row));
                    float d4 = *(s + (4 * row));
                    float e3 = ((mh * d2) + d4);
                    float h3 = ((mh * d1) + d3);
                    r4_5 = ((nq * h3) + e3);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r4_2) + r4_4);
                    float h1 = ((m2 * r4_1) + r4_3);
                    float e3 = ((mh * r4_2) + r4_4);
                    float h3 = ((mh * r4_1) + r4_3);
                    *(o + (0 * plane)) = r4_0 + ((m25 * r4_2) + r4_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r4_1 + ((m25 * r4_3) + r4_5);
                }
                r4_0 = r4_4;
                r4_1 = r4_5;
            }
        }
        {
            float* s = from;
            float* o = to + (30 * plane);
            float r5_0, r5_1, r5_2, r5_3, r5_4, r5_5;
            {
                float d1 = *(s + (1 * row));
                float d3 = *(s + (3 * row));
                float d5 = *(s + (5 * row));
                r5_0 = d1 + ((m25 * d3) + d5);
                s += pixel;
            }
            {
                float d1 = *(s + (1 * row));
                float d3 = *(s + (3 * row));
                float d5 = *(s + (5 * row));
                r5_1 = d1 + ((m25 * d3) + d5);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    float d1 = *(s + (1 * row));
                    float d3 = *(s + (3 * row));
                    float d5 = *(s + (5 * row));
                    r5_2 = d1 + ((m25 * d3) + d5);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d3 = *(s + (3 * row));
                    float d5 = *(s + (5 * row));
                    r5_3 = d1 + ((m25 * d3) + d5);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d3 = *(s + (3 * row));
                    float d5 = *(s + (5 * row));
                    r5_4 = d1 + ((m25 * d3) + d5);
                    s += pixel;
                }
                {
                    float d1 = *(s + (1 * row));
                    float d3 = *(s + (3 * row));
                    float d5 = *(s + (5 * row));
                    r5_5 = d1 + ((m25 * d3) + d5);
                    s += pixel;
                }
                {
                    float e1 = ((m2 * r5_2) + r5_4);
                    float h1 = ((m2 * r5_1) + r5_3);
                    float e3 = ((mh * r5_2) + r5_4);
                    float h3 = ((mh * r5_1) + r5_3);
                    *(o + (0 * plane)) = r5_0 + ((m25 * r5_2) + r5_4);
                    *(o + (1 * plane)) = ((cp * h1) + e1);
                    *(o + (2 * plane)) = ((np * h1) + e1);
                    *(o + (3 * plane)) = ((cq * h3) + e3);
                    *(o + (4 * plane)) = ((nq * h3) + e3);
                    *(o + (5 * plane)) = r5_1 + ((m25 * r5_3) + r5_5);
                }
                r5_0 = r5_4;
                r5_1 = r5_5;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Target(float* from, nint plane, nint tile, int tiles, float* to, nint row, nint pixel)
    {
        float c2 = 2f;
        float ch = 0.5f;
        float cp = 0.70710677f;
        float cq = 1.4142135f;
        float p3 = 0.35355338f;
        float q3 = 2.828427f;
        for (int i = 0; i < tiles; i++, from += tile, to += 4 * pixel)
        {
            {
                float r0_0;
                {
                    float* m = from + (0 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_0 = m0 + sa + sb;
                }
                float r0_1;
                {
                    float* m = from + (1 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_1 = m0 + sa + sb;
                }
                float r0_2;
                {
                    float* m = from + (2 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_2 = m0 + sa + sb;
                }
                float r0_3;
                {
                    float* m = from + (3 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_3 = m0 + sa + sb;
                }
                float r0_4;
                {
                    float* m = from + (4 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_4 = m0 + sa + sb;
                }
                float r0_5;
                {
                    float* m = from + (5 * plane);
                    float m0 = *(m + (0 * plane));
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r0_5 = m0 + sa + sb;
                }
                {
                    float* y = to + (0 * row);
                    float sa = r0_1 + r0_2;
                    float sb = r0_3 + r0_4;
                    float da = r0_1 - r0_2;
                    float db = r0_3 - r0_4;
                    *(y + (0 * pixel)) = r0_0 + sa + sb;
                    *(y + (1 * pixel)) = ((cq * db) + cp * da);
                    *(y + (2 * pixel)) = ((c2 * sb) + ch * sa);
                    *(y + (3 * pixel)) = ((q3 * db) + ((p3 * da) + r0_5));
                }
            }
            {
                float r2_0;
                {
                    float* m = from + (0 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_0 = ((c2 * sb) + ch * sa);
                }
                float r2_1;
                {
                    float* m = from + (1 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_1 = ((c2 * sb) + ch * sa);
                }
                float r2_2;
                {
                    float* m = from + (2 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_2 = ((c2 * sb) + ch * sa);
                }
                float r2_3;
                {
                    float* m = from + (3 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_3 = ((c2 * sb) + ch * sa);
                }
                float r2_4;
                {
                    float* m = from + (4 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_4 = ((c2 * sb) + ch * sa);
                }
                float r2_5;
                {
                    float* m = from + (5 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float sa = m1 + m2;
                    float sb = m3 + m4;
                    r2_5 = ((c2 * sb) + ch * sa);
                }
                {
                    float* y = to + (2 * row);
                    float sa = r2_1 + r2_2;
                    float sb = r2_3 + r2_4;
                    float da = r2_1 - r2_2;
                    float db = r2_3 - r2_4;
                    *(y + (0 * pixel)) = r2_0 + sa + sb;
                    *(y + (1 * pixel)) = ((cq * db) + cp * da);
                    *(y + (2 * pixel)) = ((c2 * sb) + ch * sa);
                    *(y + (3 * pixel)) = ((q3 * db) + ((p3 * da) + r2_5));
                }
            }
            {
                float r1_0;
                {
                    float* m = from + (0 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_0 = ((cq * db) + cp * da);
                }
                float r1_1;
                {
                    float* m = from + (1 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_1 = ((cq * db) + cp * da);
                }
                float r1_2;
                {
                    float* m = from + (2 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_2 = ((cq * db) + cp * da);
                }
                float r1_3;
                {
                    float* m = from + (3 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_3 = ((cq * db) + cp * da);
                }
                float r1_4;
                {
                    float* m = from + (4 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_4 = ((cq * db) + cp * da);
                }
                float r1_5;
                {
                    float* m = from + (5 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r1_5 = ((cq * db) + cp * da);
                }
                {
                    float* y = to + (1 * row);
                    float sa = r1_1 + r1_2;
                    float sb = r1_3 + r1_4;
                    float da = r1_1 - r1_2;
                    float db = r1_3 - r1_4;
                    *(y + (0 * pixel)) = r1_0 + sa + sb;
                    *(y + (1 * pixel)) = ((cq * db) + cp * da);
                    *(y + (2 * pixel)) = ((c2 * sb) + ch * sa);
                    *(y + (3 * pixel)) = ((q3 * db) + ((p3 * da) + r1_5));
                }
            }
            {
                float r3_0;
                {
                    float* m = from + (0 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_0 = ((q3 * db) + ((p3 * da) + m5));
                }
                float r3_1;
                {
                    float* m = from + (1 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_1 = ((q3 * db) + ((p3 * da) + m5));
                }
                float r3_2;
                {
                    float* m = from + (2 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_2 = ((q3 * db) + ((p3 * da) + m5));
                }
                float r3_3;
                {
                    float* m = from + (3 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_3 = ((q3 * db) + ((p3 * da) + m5));
                }
                float r3_4;
                {
                    float* m = from + (4 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_4 = ((q3 * db) + ((p3 * da) + m5));
                }
                float r3_5;
                {
                    float* m = from + (5 * plane);
                    float m1 = *(m + (6 * plane));
                    float m2 = *(m + (12 * plane));
                    float m3 = *(m + (18 * plane));
                    float m4 = *(m + (24 * plane));
                    float m5 = *(m + (30 * plane));
                    float da = m1 - m2;
                    float db = m3 - m4;
                    r3_5 = ((q3 * db) + ((p3 * da) + m5));
                }
                {
                    float* y = to + (3 * row);
                    float sa = r3_1 + r3_2;
                    float sb = r3_3 + r3_4;
                    float da = r3_1 - r3_2;
                    float db = r3_3 - r3_4;
                    *(y + (0 * pixel)) = r3_0 + sa + sb;
                    *(y + (1 * pixel)) = ((cq * db) + cp * da);
                    *(y + (2 * pixel)) = ((c2 * sb) + ch * sa);
                    *(y + (3 * pixel)) = ((q3 * db) + ((p3 * da) + r3_5));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TargetGradient(float* from, nint row, nint pixel, int tiles, float* to, nint plane, nint tile)
    {
        float c2 = 2f;
        float ch = 0.5f;
        float cp = 0.70710677f;
        float cq = 1.4142135f;
        float p3 = 0.35355338f;
        float q3 = 2.828427f;
        for (int i = 0; i < tiles; i++, from += 4 * pixel, to += tile)
        {
            {
                float r0_0, r1_0, r2_0;
                {
                    float* s = from + (0 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e1 = ((ch * y2) + y0);
                    float f1 = ((p3 * y3) + cp * y1);
                    r0_0 = y0;
                    r1_0 = e1 + f1;
                    r2_0 = e1 - f1;
                }
                float r0_1, r1_1, r2_1;
                {
                    float* s = from + (1 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e1 = ((ch * y2) + y0);
                    float f1 = ((p3 * y3) + cp * y1);
                    r0_1 = y0;
                    r1_1 = e1 + f1;
                    r2_1 = e1 - f1;
                }
                float r0_2, r1_2, r2_2;
                {
                    float* s = from + (2 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e1 = ((ch * y2) + y0);
                    float f1 = ((p3 * y3) + cp * y1);
                    r0_2 = y0;
                    r1_2 = e1 + f1;
                    r2_2 = e1 - f1;
                }
                float r0_3, r1_3, r2_3;
                {
                    float* s = from + (3 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e1 = ((ch * y2) + y0);
                    float f1 = ((p3 * y3) + cp * y1);
                    r0_3 = y0;
                    r1_3 = e1 + f1;
                    r2_3 = e1 - f1;
                }
                {
                    float* o = to + (0 * plane);
                    float e1 = ((ch * r0_2) + r0_0);
                    float f1 = ((p3 * r0_3) + cp * r0_1);
                    float e3 = ((c2 * r0_2) + r0_0);
                    float f3 = ((q3 * r0_3) + cq * r0_1);
                    *(o + (0 * plane)) = r0_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r0_3;
                }
                {
                    float* o = to + (6 * plane);
                    float e1 = ((ch * r1_2) + r1_0);
                    float f1 = ((p3 * r1_3) + cp * r1_1);
                    float e3 = ((c2 * r1_2) + r1_0);
                    float f3 = ((q3 * r1_3) + cq * r1_1);
                    *(o + (0 * plane)) = r1_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r1_3;
                }
                {
                    float* o = to + (12 * plane);
                    float e1 = ((ch * r2_2) + r2_0);
                    float f1 = ((p3 * r2_3) + cp * r2_1);
                    float e3 = ((c2 * r2_2) + r2_0);
                    float f3 = ((q3 * r2_3) + cq * r2_1);
                    *(o + (0 * plane)) = r2_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r2_3;
                }
            }
            {
                float r3_0, r4_0, r5_0;
                {
                    float* s = from + (0 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e3 = ((c2 * y2) + y0);
                    float f3 = ((q3 * y3) + cq * y1);
                    r3_0 = e3 + f3;
                    r4_0 = e3 - f3;
                    r5_0 = y3;
                }
                float r3_1, r4_1, r5_1;
                {
                    float* s = from + (1 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e3 = ((c2 * y2) + y0);
                    float f3 = ((q3 * y3) + cq * y1);
                    r3_1 = e3 + f3;
                    r4_1 = e3 - f3;
                    r5_1 = y3;
                }
                float r3_2, r4_2, r5_2;
                {
                    float* s = from + (2 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e3 = ((c2 * y2) + y0);
                    float f3 = ((q3 * y3) + cq * y1);
                    r3_2 = e3 + f3;
                    r4_2 = e3 - f3;
                    r5_2 = y3;
                }
                float r3_3, r4_3, r5_3;
                {
                    float* s = from + (3 * pixel);
                    float y0 = *(s + (0 * row));
                    float y1 = *(s + (1 * row));
                    float y2 = *(s + (2 * row));
                    float y3 = *(s + (3 * row));
                    float e3 = ((c2 * y2) + y0);
                    float f3 = ((q3 * y3) + cq * y1);
                    r3_3 = e3 + f3;
                    r4_3 = e3 - f3;
                    r5_3 = y3;
                }
                {
                    float* o = to + (18 * plane);
                    float e1 = ((ch * r3_2) + r3_0);
                    float f1 = ((p3 * r3_3) + cp * r3_1);
                    float e3 = ((c2 * r3_2) + r3_0);
                    float f3 = ((q3 * r3_3) + cq * r3_1);
                    *(o + (0 * plane)) = r3_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r3_3;
                }
                {
                    float* o = to + (24 * plane);
                    float e1 = ((ch * r4_2) + r4_0);
                    float f1 = ((p3 * r4_3) + cp * r4_1);
                    float e3 = ((c2 * r4_2) + r4_0);
                    float f3 = ((q3 * r4_3) + cq * r4_1);
                    *(o + (0 * plane)) = r4_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r4_3;
                }
                {
                    float* o = to + (30 * plane);
                    float e1 = ((ch * r5_2) + r5_0);
                    float f1 = ((p3 * r5_3) + cp * r5_1);
                    float e3 = ((c2 * r5_2) + r5_0);
                    float f3 = ((q3 * r5_3) + cq * r5_1);
                    *(o + (0 * plane)) = r5_0;
                    *(o + (1 * plane)) = e1 + f1;
                    *(o + (2 * plane)) = e1 - f1;
                    *(o + (3 * plane)) = e3 + f3;
                    *(o + (4 * plane)) = e3 - f3;
                    *(o + (5 * plane)) = r5_3;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(float* from, nint tap, int count, float* to, nint plane)
    {
        float k1 = -0.6666667f;
        float k1h = -0.33333334f;
        float k2 = 0.16666667f;
        float k22 = 0.33333334f;
        float kp = -0.47140452f;
        float kq = 0.23570226f;
        for (int i = 0; i < count; i += 1, from += 1, to += 1)
        {
            float r0_0, r1_0, r2_0, r3_0, r4_0, r5_0;
            {
                float g0 = *(from + (0 * tap));
                float g1 = *(from + (3 * tap));
                float g2 = *(from + (6 * tap));
                float e1 = ((k1h * g2) + k1 * g0);
                float e3 = ((k22 * g2) + k2 * g0);
                float f1 = kp * g1;
                float f3 = kq * g1;
                r0_0 = g0;
                r1_0 = e1 + f1;
                r2_0 = e1 - f1;
                r3_0 = e3 + f3;
                r4_0 = e3 - f3;
                r5_0 = g2;
            }
            float r0_1, r1_1, r2_1, r3_1, r4_1, r5_1;
            {
                float g0 = *(from + (1 * tap));
                float g1 = *(from + (4 * tap));
                float g2 = *(from + (7 * tap));
                float e1 = ((k1h * g2) + k1 * g0);
                float e3 = ((k22 * g2) + k2 * g0);
                float f1 = kp * g1;
                float f3 = kq * g1;
                r0_1 = g0;
                r1_1 = e1 + f1;
                r2_1 = e1 - f1;
                r3_1 = e3 + f3;
                r4_1 = e3 - f3;
                r5_1 = g2;
            }
            float r0_2, r1_2, r2_2, r3_2, r4_2, r5_2;
            {
                float g0 = *(from + (2 * tap));
                float g1 = *(from + (5 * tap));
                float g2 = *(from + (8 * tap));
                float e1 = ((k1h * g2) + k1 * g0);
                float e3 = ((k22 * g2) + k2 * g0);
                float f1 = kp * g1;
                float f3 = kq * g1;
                r0_2 = g0;
                r1_2 = e1 + f1;
                r2_2 = e1 - f1;
                r3_2 = e3 + f3;
                r4_2 = e3 - f3;
                r5_2 = g2;
            }
            {
                float e1 = ((k1h * r0_2) + k1 * r0_0);
                float e3 = ((k22 * r0_2) + k2 * r0_0);
                float f1 = kp * r0_1;
                float f3 = kq * r0_1;
                *(to + (0 * plane)) = r0_0;
                *(to + (1 * plane)) = e1 + f1;
                *(to + (2 * plane)) = e1 - f1;
                *(to + (3 * plane)) = e3 + f3;
                *(to + (4 * plane)) = e3 - f3;
                *(to + (5 * plane)) = r0_2;
            }
            {
                float e1 = ((k1h * r1_2) + k1 * r1_0);
                float e3 = ((k22 * r1_2) + k2 * r1_0);
                float f1 = kp * r1_1;
                float f3 = kq * r1_1;
                *(to + (6 * plane)) = r1_0;
                *(to + (7 * plane)) = e1 + f1;
                *(to + (8 * plane)) = e1 - f1;
                *(to + (9 * plane)) = e3 + f3;
                *(to + (10 * plane)) = e3 - f3;
                *(to + (11 * plane)) = r1_2;
            }
            {
                float e1 = ((k1h * r2_2) + k1 * r2_0);
                float e3 = ((k22 * r2_2) + k2 * r2_0);
                float f1 = kp * r2_1;
                float f3 = kq * r2_1;
                *(to + (12 * plane)) = r2_0;
                *(to + (13 * plane)) = e1 + f1;
                *(to + (14 * plane)) = e1 - f1;
                *(to + (15 * plane)) = e3 + f3;
                *(to + (16 * plane)) = e3 - f3;
                *(to + (17 * plane)) = r2_2;
            }
            {
                float e1 = ((k1h * r3_2) + k1 * r3_0);
                float e3 = ((k22 * r3_2) + k2 * r3_0);
                float f1 = kp * r3_1;
                float f3 = kq * r3_1;
                *(to + (18 * plane)) = r3_0;
                *(to + (19 * plane)) = e1 + f1;
                *(to + (20 * plane)) = e1 - f1;
                *(to + (21 * plane)) = e3 + f3;
                *(to + (22 * plane)) = e3 - f3;
                *(to + (23 * plane)) = r3_2;
            }
            {
                float e1 = ((k1h * r4_2) + k1 * r4_0);
                float e3 = ((k22 * r4_2) + k2 * r4_0);
                float f1 = kp * r4_1;
                float f3 = kq * r4_1;
                *(to + (24 * plane)) = r4_0;
                *(to + (25 * plane)) = e1 + f1;
                *(to + (26 * plane)) = e1 - f1;
                *(to + (27 * plane)) = e3 + f3;
                *(to + (28 * plane)) = e3 - f3;
                *(to + (29 * plane)) = r4_2;
            }
            {
                float e1 = ((k1h * r5_2) + k1 * r5_0);
                float e3 = ((k22 * r5_2) + k2 * r5_0);
                float f1 = kp * r5_1;
                float f3 = kq * r5_1;
                *(to + (30 * plane)) = r5_0;
                *(to + (31 * plane)) = e1 + f1;
                *(to + (32 * plane)) = e1 - f1;
                *(to + (33 * plane)) = e3 + f3;
                *(to + (34 * plane)) = e3 - f3;
                *(to + (35 * plane)) = r5_2;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FilterGradient(float* from, nint plane, int count, float* to, nint tap)
    {
        float k1 = -0.6666667f;
        float k1h = -0.33333334f;
        float k2 = 0.16666667f;
        float k22 = 0.33333334f;
        float kp = -0.47140452f;
        float kq = 0.23570226f;
        for (int i = 0; i < count; i += 1, from += 1, to += 1)
        {
            {
                float r0;
                {
                    float u0 = *(from + (0 * plane));
                    float u1 = *(from + (6 * plane));
                    float u2 = *(from + (12 * plane));
                    float u3 = *(from + (18 * plane));
                    float u4 = *(from + (24 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r0 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                float r1;
                {
                    float u0 = *(from + (1 * plane));
                    float u1 = *(from + (7 * plane));
                    float u2 = *(from + (13 * plane));
                    float u3 = *(from + (19 * plane));
                    float u4 = *(from + (25 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r1 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                float r2;
                {
                    float u0 = *(from + (2 * plane));
                    float u1 = *(from + (8 * plane));
                    float u2 = *(from + (14 * plane));
                    float u3 = *(from + (20 * plane));
                    float u4 = *(from + (26 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r2 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                float r3;
                {
                    float u0 = *(from + (3 * plane));
                    float u1 = *(from + (9 * plane));
                    float u2 = *(from + (15 * plane));
                    float u3 = *(from + (21 * plane));
                    float u4 = *(from + (27 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r3 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                float r4;
                {
                    float u0 = *(from + (4 * plane));
                    float u1 = *(from + (10 * plane));
                    float u2 = *(from + (16 * plane));
                    float u3 = *(from + (22 * plane));
                    float u4 = *(from + (28 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r4 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                float r5;
                {
                    float u0 = *(from + (5 * plane));
                    float u1 = *(from + (11 * plane));
                    float u2 = *(from + (17 * plane));
                    float u3 = *(from + (23 * plane));
                    float u4 = *(from + (29 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r5 = ((k2 * sb) + ((k1 * sa) + u0));
                }
                {
                    float sa = r1 + r2;
                    float sb = r3 + r4;
                    float da = r1 - r2;
                    float db = r3 - r4;
                    *(to + (0 * tap)) = ((k2 * sb) + ((k1 * sa) + r0));
                    *(to + (1 * tap)) = ((kq * db) + kp * da);
                    *(to + (2 * tap)) = ((k22 * sb) + ((k1h * sa) + r5));
                }
            }
            {
                float r0;
                {
                    float u1 = *(from + (6 * plane));
                    float u2 = *(from + (12 * plane));
                    float u3 = *(from + (18 * plane));
                    float u4 = *(from + (24 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r0 = ((kq * db) + kp * da);
                }
                float r1;
                {
                    float u1 = *(from + (7 * plane));
                    float u2 = *(from + (13 * plane));
                    float u3 = *(from + (19 * plane));
                    float u4 = *(from + (25 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r1 = ((kq * db) + kp * da);
                }
                float r2;
                {
                    float u1 = *(from + (8 * plane));
                    float u2 = *(from + (14 * plane));
                    float u3 = *(from + (20 * plane));
                    float u4 = *(from + (26 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r2 = ((kq * db) + kp * da);
                }
                float r3;
                {
                    float u1 = *(from + (9 * plane));
                    float u2 = *(from + (15 * plane));
                    float u3 = *(from + (21 * plane));
                    float u4 = *(from + (27 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r3 = ((kq * db) + kp * da);
                }
                float r4;
                {
                    float u1 = *(from + (10 * plane));
                    float u2 = *(from + (16 * plane));
                    float u3 = *(from + (22 * plane));
                    float u4 = *(from + (28 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r4 = ((kq * db) + kp * da);
                }
                float r5;
                {
                    float u1 = *(from + (11 * plane));
                    float u2 = *(from + (17 * plane));
                    float u3 = *(from + (23 * plane));
                    float u4 = *(from + (29 * plane));
                    float da = u1 - u2;
                    float db = u3 - u4;
                    r5 = ((kq * db) + kp * da);
                }
                {
                    float sa = r1 + r2;
                    float sb = r3 + r4;
                    float da = r1 - r2;
                    float db = r3 - r4;
                    *(to + (3 * tap)) = ((k2 * sb) + ((k1 * sa) + r0));
                    *(to + (4 * tap)) = ((kq * db) + kp * da);
                    *(to + (5 * tap)) = ((k22 * sb) + ((k1h * sa) + r5));
                }
            }
            {
                float r0;
                {
                    float u1 = *(from + (6 * plane));
                    float u2 = *(from + (12 * plane));
                    float u3 = *(from + (18 * plane));
                    float u4 = *(from + (24 * plane));
                    float u5 = *(from + (30 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r0 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                float r1;
                {
                    float u1 = *(from + (7 * plane));
                    float u2 = *(from + (13 * plane));
                    float u3 = *(from + (19 * plane));
                    float u4 = *(from + (25 * plane));
                    float u5 = *(from + (31 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r1 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                float r2;
                {
                    float u1 = *(from + (8 * plane));
                    float u2 = *(from + (14 * plane));
                    float u3 = *(from + (20 * plane));
                    float u4 = *(from + (26 * plane));
                    float u5 = *(from + (32 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r2 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                float r3;
                {
                    float u1 = *(from + (9 * plane));
                    float u2 = *(from + (15 * plane));
                    float u3 = *(from + (21 * plane));
                    float u4 = *(from + (27 * plane));
                    float u5 = *(from + (33 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r3 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                float r4;
                {
                    float u1 = *(from + (10 * plane));
                    float u2 = *(from + (16 * plane));
                    float u3 = *(from + (22 * plane));
                    float u4 = *(from + (28 * plane));
                    float u5 = *(from + (34 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r4 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                float r5;
                {
                    float u1 = *(from + (11 * plane));
                    float u2 = *(from + (17 * plane));
                    float u3 = *(from + (23 * plane));
                    float u4 = *(from + (29 * plane));
                    float u5 = *(from + (35 * plane));
                    float sa = u1 + u2;
                    float sb = u3 + u4;
                    r5 = ((k22 * sb) + ((k1h * sa) + u5));
                }
                {
                    float sa = r1 + r2;
                    float sb = r3 + r4;
                    float da = r1 - r2;
                    float db = r3 - r4;
                    *(to + (6 * tap)) = ((k2 * sb) + ((k1 * sa) + r0));
                    *(to + (7 * tap)) = ((kq * db) + kp * da);
                    *(to + (8 * tap)) = ((k22 * sb) + ((k1h * sa) + r5));
                }
            }
        }
    }
}
