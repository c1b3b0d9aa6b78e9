using Gimbal.Trainer.Cpu;

namespace Gimbal.Trainer.Tests.Cpu;

/// <summary>The definition of the convolution, in double precision and one loop per index.</summary>
internal static class NaiveConvolution
{
    public static double[] Forward(ConvGeometry g, float[] x, float[] w, float[]? bias)
    {
        double[] y = new double[g.N * g.P * g.Q * g.M];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = bias?[i % g.M] ?? 0;
        }

        Visit(g, (ix, iw, iy) => y[iy] += (double)x[ix] * w[iw]);
        return y;
    }

    public static double[] GradInput(ConvGeometry g, float[] gradY, float[] w)
    {
        double[] gradX = new double[g.N * g.H * g.W * g.C];
        Visit(g, (ix, iw, iy) => gradX[ix] += (double)gradY[iy] * w[iw]);
        return gradX;
    }

    public static double[] GradWeight(ConvGeometry g, float[] x, float[] gradY)
    {
        double[] gradW = new double[g.R * g.S * g.GroupC * g.M];
        Visit(g, (ix, iw, iy) => gradW[iw] += (double)gradY[iy] * x[ix]);
        return gradW;
    }

    private static void Visit(ConvGeometry g, Action<int, int, int> term)
    {
        for (int n = 0; n < g.N; n++)
        {
            for (int p = 0; p < g.P; p++)
            {
                for (int r = 0; r < g.R; r++)
                {
                    int h = (p * g.StrideH) - g.PadTop + (r * g.DilationH);
                    if (h >= 0 && h < g.H)
                    {
                        VisitRow(g, n, p, r, h, term);
                    }
                }
            }
        }
    }

    private static void VisitRow(ConvGeometry g, int n, int p, int r, int h, Action<int, int, int> term)
    {
        for (int q = 0; q < g.Q; q++)
        {
            for (int s = 0; s < g.S; s++)
            {
                int v = (q * g.StrideW) - g.PadLeft + (s * g.DilationW);
                if (v < 0 || v >= g.W)
                {
                    continue;
                }

                for (int m = 0; m < g.M; m++)
                {
                    int group = m / g.GroupM;
                    for (int c = 0; c < g.GroupC; c++)
                    {
                        term(
                            (((((n * g.H) + h) * g.W) + v) * g.C) + (group * g.GroupC) + c,
                            (((((r * g.S) + s) * g.GroupC) + c) * g.M) + m,
                            (((((n * g.P) + p) * g.Q) + q) * g.M) + m);
                    }
                }
            }
        }
    }
}
