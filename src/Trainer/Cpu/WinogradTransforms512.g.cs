// Written by tests/Trainer.Tests/Cpu/WinogradKernelSource.cs; GeneratedKernelTests says how to write it again.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gimbal.Trainer.Cpu;

internal static unsafe class WinogradTransforms512
{
    public static WinogradTransforms Set => new()
    {
        Lanes = 16,
        Source = &Source,
        Target = &Target,
        TargetGradient = &TargetGradient,
        Filter = &Filter,
        FilterGradient = &FilterGradient,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Source(float* from, nint row, nint pixel, int tiles, float* to, nint plane, nint tile)
    {
        Vector512<float> m2 = Vector512.Create(-2f);
        Vector512<float> mh = Vector512.Create(-0.5f);
        Vector512<float> m25 = Vector512.Create(-2.5f);
        Vector512<float> cp = Vector512.Create(0.70710677f);
        Vector512<float> np = Vector512.Create(-0.70710677f);
        Vector512<float> cq = Vector512.Create(1.4142135f);
        Vector512<float> nq = Vector512.Create(-1.4142135f);
        {
            float* s = from;
            float* o = to + (0 * plane);
            Vector512<float> r0_0, r0_1, r0_2, r0_3, r0_4, r0_5;
            Vector512<float> r1_0, r1_1, r1_2, r1_3, r1_4, r1_5;
            Vector512<float> r2_0, r2_1, r2_2, r2_3, r2_4, r2_5;
            {
                Vector512<float> d0 = Vector512.Load(s + (0 * row));
                Vector512<float> d1 = Vector512.Load(s + (1 * row));
                Vector512<float> d2 = Vector512.Load(s + (2 * row));
                Vector512<float> d3 = Vector512.Load(s + (3 * row));
                Vector512<float> d4 = Vector512.Load(s + (4 * row));
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                r0_0 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                r1_0 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                r2_0 = Vector512.FusedMultiplyAdd(np, h1, e1);
                s += pixel;
            }
            {
                Vector512<float> d0 = Vector512.Load(s + (0 * row));
                Vector512<float> d1 = Vector512.Load(s + (1 * row));
                Vector512<float> d2 = Vector512.Load(s + (2 * row));
                Vector512<float> d3 = Vector512.Load(s + (3 * row));
                Vector512<float> d4 = Vector512.Load(s + (4 * row));
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                r0_1 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                r1_1 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                r2_1 = Vector512.FusedMultiplyAdd(np, h1, e1);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    Vector512<float> d0 = Vector512.Load(s + (0 * row));
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                    r0_2 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                    r1_2 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                    r2_2 = Vector512.FusedMultiplyAdd(np, h1, e1);
                    s += pixel;
                }
                {
                    Vector512<float> d0 = Vector512.Load(s + (0 * row));
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                    r0_3 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                    r1_3 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                    r2_3 = Vector512.FusedMultiplyAdd(np, h1, e1);
                    s += pixel;
                }
                {
                    Vector512<float> d0 = Vector512.Load(s + (0 * row));
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                    r0_4 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                    r1_4 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                    r2_4 = Vector512.FusedMultiplyAdd(np, h1, e1);
                    s += pixel;
                }
                {
                    Vector512<float> d0 = Vector512.Load(s + (0 * row));
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, d2, d4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, d1, d3);
                    r0_5 = d0 + Vector512.FusedMultiplyAdd(m25, d2, d4);
                    r1_5 = Vector512.FusedMultiplyAdd(cp, h1, e1);
                    r2_5 = Vector512.FusedMultiplyAdd(np, h1, e1);
                    s += pixel;
                }
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r0_2, r0_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r0_1, r0_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r0_2, r0_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r0_1, r0_3);
                    Vector512.Store(r0_0 + Vector512.FusedMultiplyAdd(m25, r0_2, r0_4), o + (0 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (1 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (2 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (3 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (4 * plane));
                    Vector512.Store(r0_1 + Vector512.FusedMultiplyAdd(m25, r0_3, r0_5), o + (5 * plane));
                }
                r0_0 = r0_4;
                r0_1 = r0_5;
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r1_2, r1_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r1_1, r1_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r1_2, r1_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r1_1, r1_3);
                    Vector512.Store(r1_0 + Vector512.FusedMultiplyAdd(m25, r1_2, r1_4), o + (6 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (7 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (8 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (9 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (10 * plane));
                    Vector512.Store(r1_1 + Vector512.FusedMultiplyAdd(m25, r1_3, r1_5), o + (11 * plane));
                }
                r1_0 = r1_4;
                r1_1 = r1_5;
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r2_2, r2_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r2_1, r2_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r2_2, r2_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r2_1, r2_3);
                    Vector512.Store(r2_0 + Vector512.FusedMultiplyAdd(m25, r2_2, r2_4), o + (12 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (13 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (14 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (15 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (16 * plane));
                    Vector512.Store(r2_1 + Vector512.FusedMultiplyAdd(m25, r2_3, r2_5), o + (17 * plane));
                }
                r2_0 = r2_4;
                r2_1 = r2_5;
            }
        }
        {
            float* s = from;
            float* o = to + (18 * plane);
            Vector512<float> r3_0, r3_1, r3_2, r3_3, r3_4, r3_5;
            Vector512<float> r4_0, r4_1, r4_2, r4_3, r4_4, r4_5;
            Vector512<float> r5_0, r5_1, r5_2, r5_3, r5_4, r5_5;
            {
                Vector512<float> d1 = Vector512.Load(s + (1 * row));
                Vector512<float> d2 = Vector512.Load(s + (2 * row));
                Vector512<float> d3 = Vector512.Load(s + (3 * row));
                Vector512<float> d4 = Vector512.Load(s + (4 * row));
                Vector512<float> d5 = Vector512.Load(s + (5 * row));
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                r3_0 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                r4_0 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                r5_0 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                s += pixel;
            }
            {
                Vector512<float> d1 = Vector512.Load(s + (1 * row));
                Vector512<float> d2 = Vector512.Load(s + (2 * row));
                Vector512<float> d3 = Vector512.Load(s + (3 * row));
                Vector512<float> d4 = Vector512.Load(s + (4 * row));
                Vector512<float> d5 = Vector512.Load(s + (5 * row));
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                r3_1 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                r4_1 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                r5_1 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                s += pixel;
            }
            for (int i = 0; i < tiles; i++, o += tile)
            {
                {
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> d5 = Vector512.Load(s + (5 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                    r3_2 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                    r4_2 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                    r5_2 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                    s += pixel;
                }
                {
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> d5 = Vector512.Load(s + (5 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                    r3_3 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                    r4_3 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                    r5_3 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                    s += pixel;
                }
                {
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> d5 = Vector512.Load(s + (5 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                    r3_4 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                    r4_4 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                    r5_4 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                    s += pixel;
                }
                {
                    Vector512<float> d1 = Vector512.Load(s + (1 * row));
                    Vector512<float> d2 = Vector512.Load(s + (2 * row));
                    Vector512<float> d3 = Vector512.Load(s + (3 * row));
                    Vector512<float> d4 = Vector512.Load(s + (4 * row));
                    Vector512<float> d5 = Vector512.Load(s + (5 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, d2, d4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, d1, d3);
                    r3_5 = Vector512.FusedMultiplyAdd(cq, h3, e3);
                    r4_5 = Vector512.FusedMultiplyAdd(nq, h3, e3);
                    r5_5 = d1 + Vector512.FusedMultiplyAdd(m25, d3, d5);
                    s += pixel;
                }
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r3_2, r3_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r3_1, r3_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r3_2, r3_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r3_1, r3_3);
                    Vector512.Store(r3_0 + Vector512.FusedMultiplyAdd(m25, r3_2, r3_4), o + (0 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (1 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (2 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (3 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (4 * plane));
                    Vector512.Store(r3_1 + Vector512.FusedMultiplyAdd(m25, r3_3, r3_5), o + (5 * plane));
                }
                r3_0 = r3_4;
                r3_1 = r3_5;
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r4_2, r4_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r4_1, r4_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r4_2, r4_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r4_1, r4_3);
                    Vector512.Store(r4_0 + Vector512.FusedMultiplyAdd(m25, r4_2, r4_4), o + (6 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (7 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (8 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (9 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (10 * plane));
                    Vector512.Store(r4_1 + Vector512.FusedMultiplyAdd(m25, r4_3, r4_5), o + (11 * plane));
                }
                r4_0 = r4_4;
                r4_1 = r4_5;
                {
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(m2, r5_2, r5_4);
                    Vector512<float> h1 = Vector512.FusedMultiplyAdd(m2, r5_1, r5_3);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(mh, r5_2, r5_4);
                    Vector512<float> h3 = Vector512.FusedMultiplyAdd(mh, r5_1, r5_3);
                    Vector512.Store(r5_0 + Vector512.FusedMultiplyAdd(m25, r5_2, r5_4), o + (12 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cp, h1, e1), o + (13 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(np, h1, e1), o + (14 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, h3, e3), o + (15 * plane));
                    Vector512.Store(Vector512.FusedMultiplyAdd(nq, h3, e3), o + (16 * plane));
                    Vector512.Store(r5_1 + Vector512.FusedMultiplyAdd(m25, r5_3, r5_5), o + (17 * plane));
                }
                r5_0 = r5_4;
                r5_1 = r5_5;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Target(float* from, nint plane, nint tile, int tiles, float* to, nint row, nint pixel)
    {
        Vector512<float> c2 = Vector512.Create(2f);
        Vector512<float> ch = Vector512.Create(0.5f);
        Vector512<float> cp = Vector512.Create(0.70710677f);
        Vector512<float> cq = Vector512.Create(1.4142135f);
        Vector512<float> p3 = Vector512.Create(0.35355338f);
        Vector512<float> q3 = Vector512.Create(2.828427f);
        for (int i = 0; i < tiles; i++, from += tile, to += 4 * pixel)
        {
            {
                Vector512<float> r0_0, r2_0;
                {
                    float* m = from + (0 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_0 = m0 + sa + sb;
                    r2_0 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                Vector512<float> r0_1, r2_1;
                {
                    float* m = from + (1 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_1 = m0 + sa + sb;
                    r2_1 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                Vector512<float> r0_2, r2_2;
                {
                    float* m = from + (2 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_2 = m0 + sa + sb;
                    r2_2 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                Vector512<float> r0_3, r2_3;
                {
                    float* m = from + (3 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_3 = m0 + sa + sb;
                    r2_3 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                Vector512<float> r0_4, r2_4;
                {
                    float* m = from + (4 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_4 = m0 + sa + sb;
                    r2_4 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                Vector512<float> r0_5, r2_5;
                {
                    float* m = from + (5 * plane);
                    Vector512<float> m0 = Vector512.Load(m + (0 * plane));
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> sa = m1 + m2;
                    Vector512<float> sb = m3 + m4;
                    r0_5 = m0 + sa + sb;
                    r2_5 = Vector512.FusedMultiplyAdd(c2, sb, ch * sa);
                }
                {
                    float* y = to + (0 * row);
                    Vector512<float> sa = r0_1 + r0_2;
                    Vector512<float> sb = r0_3 + r0_4;
                    Vector512<float> da = r0_1 - r0_2;
                    Vector512<float> db = r0_3 - r0_4;
                    Vector512.Store(r0_0 + sa + sb, y + (0 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, db, cp * da), y + (1 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(c2, sb, ch * sa), y + (2 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, r0_5)), y + (3 * pixel));
                }
                {
                    float* y = to + (2 * row);
                    Vector512<float> sa = r2_1 + r2_2;
                    Vector512<float> sb = r2_3 + r2_4;
                    Vector512<float> da = r2_1 - r2_2;
                    Vector512<float> db = r2_3 - r2_4;
                    Vector512.Store(r2_0 + sa + sb, y + (0 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, db, cp * da), y + (1 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(c2, sb, ch * sa), y + (2 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, r2_5)), y + (3 * pixel));
                }
            }
            {
                Vector512<float> r1_0, r3_0;
                {
                    float* m = from + (0 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_0 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_0 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                Vector512<float> r1_1, r3_1;
                {
                    float* m = from + (1 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_1 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_1 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                Vector512<float> r1_2, r3_2;
                {
                    float* m = from + (2 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_2 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_2 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                Vector512<float> r1_3, r3_3;
                {
                    float* m = from + (3 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_3 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_3 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                Vector512<float> r1_4, r3_4;
                {
                    float* m = from + (4 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_4 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_4 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                Vector512<float> r1_5, r3_5;
                {
                    float* m = from + (5 * plane);
                    Vector512<float> m1 = Vector512.Load(m + (6 * plane));
                    Vector512<float> m2 = Vector512.Load(m + (12 * plane));
                    Vector512<float> m3 = Vector512.Load(m + (18 * plane));
                    Vector512<float> m4 = Vector512.Load(m + (24 * plane));
                    Vector512<float> m5 = Vector512.Load(m + (30 * plane));
                    Vector512<float> da = m1 - m2;
                    Vector512<float> db = m3 - m4;
                    r1_5 = Vector512.FusedMultiplyAdd(cq, db, cp * da);
                    r3_5 = Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, m5));
                }
                {
                    float* y = to + (1 * row);
                    Vector512<float> sa = r1_1 + r1_2;
                    Vector512<float> sb = r1_3 + r1_4;
                    Vector512<float> da = r1_1 - r1_2;
                    Vector512<float> db = r1_3 - r1_4;
                    Vector512.Store(r1_0 + sa + sb, y + (0 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, db, cp * da), y + (1 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(c2, sb, ch * sa), y + (2 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, r1_5)), y + (3 * pixel));
                }
                {
                    float* y = to + (3 * row);
                    Vector512<float> sa = r3_1 + r3_2;
                    Vector512<float> sb = r3_3 + r3_4;
                    Vector512<float> da = r3_1 - r3_2;
                    Vector512<float> db = r3_3 - r3_4;
                    Vector512.Store(r3_0 + sa + sb, y + (0 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(cq, db, cp * da), y + (1 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(c2, sb, ch * sa), y + (2 * pixel));
                    Vector512.Store(Vector512.FusedMultiplyAdd(q3, db, Vector512.FusedMultiplyAdd(p3, da, r3_5)), y + (3 * pixel));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TargetGradient(float* from, nint row, nint pixel, int tiles, float* to, nint plane, nint tile)
    {
        Vector512<float> c2 = Vector512.Create(2f);
        Vector512<float> ch = Vector512.Create(0.5f);
        Vector512<float> cp = Vector512.Create(0.70710677f);
        Vector512<float> cq = Vector512.Create(1.4142135f);
        Vector512<float> p3 = Vector512.Create(0.35355338f);
        Vector512<float> q3 = Vector512.Create(2.828427f);
        for (int i = 0; i < tiles; i++, from += 4 * pixel, to += tile)
        {
            {
                Vector512<float> r0_0, r1_0, r2_0;
                {
                    float* s = from + (0 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, y2, y0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, y3, cp * y1);
                    r0_0 = y0;
                    r1_0 = e1 + f1;
                    r2_0 = e1 - f1;
                }
                Vector512<float> r0_1, r1_1, r2_1;
                {
                    float* s = from + (1 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, y2, y0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, y3, cp * y1);
                    r0_1 = y0;
                    r1_1 = e1 + f1;
                    r2_1 = e1 - f1;
                }
                Vector512<float> r0_2, r1_2, r2_2;
                {
                    float* s = from + (2 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, y2, y0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, y3, cp * y1);
                    r0_2 = y0;
                    r1_2 = e1 + f1;
                    r2_2 = e1 - f1;
                }
                Vector512<float> r0_3, r1_3, r2_3;
                {
                    float* s = from + (3 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, y2, y0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, y3, cp * y1);
                    r0_3 = y0;
                    r1_3 = e1 + f1;
                    r2_3 = e1 - f1;
                }
                {
                    float* o = to + (0 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r0_2, r0_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r0_3, cp * r0_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r0_2, r0_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r0_3, cq * r0_1);
                    Vector512.Store(r0_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r0_3, o + (5 * plane));
                }
                {
                    float* o = to + (6 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r1_2, r1_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r1_3, cp * r1_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r1_2, r1_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r1_3, cq * r1_1);
                    Vector512.Store(r1_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r1_3, o + (5 * plane));
                }
                {
                    float* o = to + (12 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r2_2, r2_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r2_3, cp * r2_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r2_2, r2_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r2_3, cq * r2_1);
                    Vector512.Store(r2_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r2_3, o + (5 * plane));
                }
            }
            {
                Vector512<float> r3_0, r4_0, r5_0;
                {
                    float* s = from + (0 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, y2, y0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, y3, cq * y1);
                    r3_0 = e3 + f3;
                    r4_0 = e3 - f3;
                    r5_0 = y3;
                }
                Vector512<float> r3_1, r4_1, r5_1;
                {
                    float* s = from + (1 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, y2, y0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, y3, cq * y1);
                    r3_1 = e3 + f3;
                    r4_1 = e3 - f3;
                    r5_1 = y3;
                }
                Vector512<float> r3_2, r4_2, r5_2;
                {
                    float* s = from + (2 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, y2, y0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, y3, cq * y1);
                    r3_2 = e3 + f3;
                    r4_2 = e3 - f3;
                    r5_2 = y3;
                }
                Vector512<float> r3_3, r4_3, r5_3;
                {
                    float* s = from + (3 * pixel);
                    Vector512<float> y0 = Vector512.Load(s + (0 * row));
                    Vector512<float> y1 = Vector512.Load(s + (1 * row));
                    Vector512<float> y2 = Vector512.Load(s + (2 * row));
                    Vector512<float> y3 = Vector512.Load(s + (3 * row));
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, y2, y0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, y3, cq * y1);
                    r3_3 = e3 + f3;
                    r4_3 = e3 - f3;
                    r5_3 = y3;
                }
                {
                    float* o = to + (18 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r3_2, r3_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r3_3, cp * r3_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r3_2, r3_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r3_3, cq * r3_1);
                    Vector512.Store(r3_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r3_3, o + (5 * plane));
                }
                {
                    float* o = to + (24 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r4_2, r4_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r4_3, cp * r4_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r4_2, r4_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r4_3, cq * r4_1);
                    Vector512.Store(r4_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r4_3, o + (5 * plane));
                }
                {
                    float* o = to + (30 * plane);
                    Vector512<float> e1 = Vector512.FusedMultiplyAdd(ch, r5_2, r5_0);
                    Vector512<float> f1 = Vector512.FusedMultiplyAdd(p3, r5_3, cp * r5_1);
                    Vector512<float> e3 = Vector512.FusedMultiplyAdd(c2, r5_2, r5_0);
                    Vector512<float> f3 = Vector512.FusedMultiplyAdd(q3, r5_3, cq * r5_1);
                    Vector512.Store(r5_0, o + (0 * plane));
                    Vector512.Store(e1 + f1, o + (1 * plane));
                    Vector512.Store(e1 - f1, o + (2 * plane));
                    Vector512.Store(e3 + f3, o + (3 * plane));
                    Vector512.Store(e3 - f3, o + (4 * plane));
                    Vector512.Store(r5_3, o + (5 * plane));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(float* from, nint tap, int count, float* to, nint plane)
    {
        Vector512<float> k1 = Vector512.Create(-0.6666667f);
        Vector512<float> k1h = Vector512.Create(-0.33333334f);
        Vector512<float> k2 = Vector512.Create(0.16666667f);
        Vector512<float> k22 = Vector512.Create(0.33333334f);
        Vector512<float> kp = Vector512.Create(-0.47140452f);
        Vector512<float> kq = Vector512.Create(0.23570226f);
        for (int i = 0; i < count; i += 16, from += 16, to += 16)
        {
            Vector512<float> r0_0, r1_0, r2_0, r3_0, r4_0, r5_0;
            {
                Vector512<float> g0 = Vector512.Load(from + (0 * tap));
                Vector512<float> g1 = Vector512.Load(from + (3 * tap));
                Vector512<float> g2 = Vector512.Load(from + (6 * tap));
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, g2, k1 * g0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, g2, k2 * g0);
                Vector512<float> f1 = kp * g1;
                Vector512<float> f3 = kq * g1;
                r0_0 = g0;
                r1_0 = e1 + f1;
                r2_0 = e1 - f1;
                r3_0 = e3 + f3;
                r4_0 = e3 - f3;
                r5_0 = g2;
            }
            Vector512<float> r0_1, r1_1, r2_1, r3_1, r4_1, r5_1;
            {
                Vector512<float> g0 = Vector512.Load(from + (1 * tap));
                Vector512<float> g1 = Vector512.Load(from + (4 * tap));
                Vector512<float> g2 = Vector512.Load(from + (7 * tap));
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, g2, k1 * g0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, g2, k2 * g0);
                Vector512<float> f1 = kp * g1;
                Vector512<float> f3 = kq * g1;
                r0_1 = g0;
                r1_1 = e1 + f1;
                r2_1 = e1 - f1;
                r3_1 = e3 + f3;
                r4_1 = e3 - f3;
                r5_1 = g2;
            }
            Vector512<float> r0_2, r1_2, r2_2, r3_2, r4_2, r5_2;
            {
                Vector512<float> g0 = Vector512.Load(from + (2 * tap));
                Vector512<float> g1 = Vector512.Load(from + (5 * tap));
                Vector512<float> g2 = Vector512.Load(from + (8 * tap));
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, g2, k1 * g0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, g2, k2 * g0);
                Vector512<float> f1 = kp * g1;
                Vector512<float> f3 = kq * g1;
                r0_2 = g0;
                r1_2 = e1 + f1;
                r2_2 = e1 - f1;
                r3_2 = e3 + f3;
                r4_2 = e3 - f3;
                r5_2 = g2;
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r0_2, k1 * r0_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r0_2, k2 * r0_0);
                Vector512<float> f1 = kp * r0_1;
                Vector512<float> f3 = kq * r0_1;
                Vector512.Store(r0_0, to + (0 * plane));
                Vector512.Store(e1 + f1, to + (1 * plane));
                Vector512.Store(e1 - f1, to + (2 * plane));
                Vector512.Store(e3 + f3, to + (3 * plane));
                Vector512.Store(e3 - f3, to + (4 * plane));
                Vector512.Store(r0_2, to + (5 * plane));
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r1_2, k1 * r1_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r1_2, k2 * r1_0);
                Vector512<float> f1 = kp * r1_1;
                Vector512<float> f3 = kq * r1_1;
                Vector512.Store(r1_0, to + (6 * plane));
                Vector512.Store(e1 + f1, to + (7 * plane));
                Vector512.Store(e1 - f1, to + (8 * plane));
                Vector512.Store(e3 + f3, to + (9 * plane));
                Vector512.Store(e3 - f3, to + (10 * plane));
                Vector512.Store(r1_2, to + (11 * plane));
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r2_2, k1 * r2_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r2_2, k2 * r2_0);
                Vector512<float> f1 = kp * r2_1;
                Vector512<float> f3 = kq * r2_1;
                Vector512.Store(r2_0, to + (12 * plane));
                Vector512.Store(e1 + f1, to + (13 * plane));
                Vector512.Store(e1 - f1, to + (14 * plane));
                Vector512.Store(e3 + f3, to + (15 * plane));
                Vector512.Store(e3 - f3, to + (16 * plane));
                Vector512.Store(r2_2, to + (17 * plane));
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r3_2, k1 * r3_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r3_2, k2 * r3_0);
                Vector512<float> f1 = kp * r3_1;
                Vector512<float> f3 = kq * r3_1;
                Vector512.Store(r3_0, to + (18 * plane));
                Vector512.Store(e1 + f1, to + (19 * plane));
                Vector512.Store(e1 - f1, to + (20 * plane));
                Vector512.Store(e3 + f3, to + (21 * plane));
                Vector512.Store(e3 - f3, to + (22 * plane));
                Vector512.Store(r3_2, to + (23 * plane));
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r4_2, k1 * r4_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r4_2, k2 * r4_0);
                Vector512<float> f1 = kp * r4_1;
                Vector512<float> f3 = kq * r4_1;
                Vector512.Store(r4_0, to + (24 * plane));
                Vector512.Store(e1 + f1, to + (25 * plane));
                Vector512.Store(e1 - f1, to + (26 * plane));
                Vector512.Store(e3 + f3, to + (27 * plane));
                Vector512.Store(e3 - f3, to + (28 * plane));
                Vector512.Store(r4_2, to + (29 * plane));
            }
            {
                Vector512<float> e1 = Vector512.FusedMultiplyAdd(k1h, r5_2, k1 * r5_0);
                Vector512<float> e3 = Vector512.FusedMultiplyAdd(k22, r5_2, k2 * r5_0);
                Vector512<float> f1 = kp * r5_1;
                Vector512<float> f3 = kq * r5_1;
                Vector512.Store(r5_0, to + (30 * plane));
                Vector512.Store(e1 + f1, to + (31 * plane));
                Vector512.Store(e1 - f1, to + (32 * plane));
                Vector512.Store(e3 + f3, to + (33 * plane));
                Vector512.Store(e3 - f3, to + (34 * plane));
                Vector512.Store(r5_2, to + (35 * plane));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FilterGradient(float* from, nint plane, int count, float* to, nint tap)
    {
        Vector512<float> k1 = Vector512.Create(-0.6666667f);
        Vector512<float> k1h = Vector512.Create(-0.33333334f);
        Vector512<float> k2 = Vector512.Create(0.16666667f);
        Vector512<float> k22 = Vector512.Create(0.33333334f);
        Vector512<float> kp = Vector512.Create(-0.47140452f);
        Vector512<float> kq = Vector512.Create(0.23570226f);
        for (int i = 0; i < count; i += 16, from += 16, to += 16)
        {
            {
                Vector512<float> r0;
                {
                    Vector512<float> u0 = Vector512.Load(from + (0 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (6 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (12 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (18 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (24 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r0 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                Vector512<float> r1;
                {
                    Vector512<float> u0 = Vector512.Load(from + (1 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (7 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (13 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (19 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (25 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r1 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                Vector512<float> r2;
                {
                    Vector512<float> u0 = Vector512.Load(from + (2 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (8 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (14 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (20 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (26 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r2 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                Vector512<float> r3;
                {
                    Vector512<float> u0 = Vector512.Load(from + (3 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (9 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (15 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (21 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (27 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r3 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                Vector512<float> r4;
                {
                    Vector512<float> u0 = Vector512.Load(from + (4 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (10 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (16 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (22 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (28 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r4 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                Vector512<float> r5;
                {
                    Vector512<float> u0 = Vector512.Load(from + (5 * plane));
                    Vector512<float> u1 = Vector512.Load(from + (11 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (17 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (23 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (29 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r5 = Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, u0));
                }
                {
                    Vector512<float> sa = r1 + r2;
                    Vector512<float> sb = r3 + r4;
                    Vector512<float> da = r1 - r2;
                    Vector512<float> db = r3 - r4;
                    Vector512.Store(Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, r0)), to + (0 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(kq, db, kp * da), to + (1 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, r5)), to + (2 * tap));
                }
            }
            {
                Vector512<float> r0;
                {
                    Vector512<float> u1 = Vector512.Load(from + (6 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (12 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (18 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (24 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r0 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                Vector512<float> r1;
                {
                    Vector512<float> u1 = Vector512.Load(from + (7 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (13 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (19 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (25 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r1 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                Vector512<float> r2;
                {
                    Vector512<float> u1 = Vector512.Load(from + (8 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (14 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (20 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (26 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r2 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                Vector512<float> r3;
                {
                    Vector512<float> u1 = Vector512.Load(from + (9 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (15 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (21 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (27 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r3 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                Vector512<float> r4;
                {
                    Vector512<float> u1 = Vector512.Load(from + (10 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (16 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (22 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (28 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r4 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                Vector512<float> r5;
                {
                    Vector512<float> u1 = Vector512.Load(from + (11 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (17 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (23 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (29 * plane));
                    Vector512<float> da = u1 - u2;
                    Vector512<float> db = u3 - u4;
                    r5 = Vector512.FusedMultiplyAdd(kq, db, kp * da);
                }
                {
                    Vector512<float> sa = r1 + r2;
                    Vector512<float> sb = r3 + r4;
                    Vector512<float> da = r1 - r2;
                    Vector512<float> db = r3 - r4;
                    Vector512.Store(Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, r0)), to + (3 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(kq, db, kp * da), to + (4 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, r5)), to + (5 * tap));
                }
            }
            {
                Vector512<float> r0;
                {
                    Vector512<float> u1 = Vector512.Load(from + (6 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (12 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (18 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (24 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (30 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r0 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                Vector512<float> r1;
                {
                    Vector512<float> u1 = Vector512.Load(from + (7 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (13 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (19 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (25 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (31 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r1 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                Vector512<float> r2;
                {
                    Vector512<float> u1 = Vector512.Load(from + (8 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (14 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (20 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (26 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (32 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r2 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                Vector512<float> r3;
                {
                    Vector512<float> u1 = Vector512.Load(from + (9 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (15 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (21 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (27 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (33 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r3 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                Vector512<float> r4;
                {
                    Vector512<float> u1 = Vector512.Load(from + (10 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (16 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (22 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (28 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (34 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r4 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                Vector512<float> r5;
                {
                    Vector512<float> u1 = Vector512.Load(from + (11 * plane));
                    Vector512<float> u2 = Vector512.Load(from + (17 * plane));
                    Vector512<float> u3 = Vector512.Load(from + (23 * plane));
                    Vector512<float> u4 = Vector512.Load(from + (29 * plane));
                    Vector512<float> u5 = Vector512.Load(from + (35 * plane));
                    Vector512<float> sa = u1 + u2;
                    Vector512<float> sb = u3 + u4;
                    r5 = Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, u5));
                }
                {
                    Vector512<float> sa = r1 + r2;
                    Vector512<float> sb = r3 + r4;
                    Vector512<float> da = r1 - r2;
                    Vector512<float> db = r3 - r4;
                    Vector512.Store(Vector512.FusedMultiplyAdd(k2, sb, Vector512.FusedMultiplyAdd(k1, sa, r0)), to + (6 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(kq, db, kp * da), to + (7 * tap));
                    Vector512.Store(Vector512.FusedMultiplyAdd(k22, sb, Vector512.FusedMultiplyAdd(k1h, sa, r5)), to + (8 * tap));
                }
            }
        }
    }
}
