using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Spectral normalisation from a weight's rows, one for each output.</summary>
internal static class SpectralReference
{
    public static IReadOnlyList<DoubleTensor> Forward(SpectralNormalization op, IReadOnlyList<DoubleTensor> x)
    {
        (DoubleTensor w, double[] u, double[] v) = (x[0], x[1].Values, x[2].Values);
        int inputs = v.Length;
        for (int i = 0; i < op.Iterations; i++)
        {
            v = Normalize([.. Enumerable.Range(0, inputs).Select(k => u.Select((s, m) => s * w[(m * inputs) + k]).Sum())], op.Epsilon);
            u = Normalize(TimesInputs(w, v), op.Epsilon);
        }

        double sigma = TimesInputs(w, v).Zip(u, (a, b) => a * b).Sum();
        return [w.Map(a => a / sigma), new(x[1].Shape, u), new(x[2].Shape, v), new(new Shape(1), [sigma])];
    }

    public static IReadOnlyList<DoubleTensor> Backward(IReadOnlyList<DoubleTensor> x)
    {
        (DoubleTensor y, double[] u, double[] v, double sigma, DoubleTensor gradY) = (x[0], x[1].Values, x[2].Values, x[3][0], x[4]);
        double product = y.Values.Zip(gradY.Values, (a, b) => a * b).Sum();
        return [new(y.Shape, [.. gradY.Values.Select((g, i) => (g - (product * u[i / v.Length] * v[i % v.Length])) / sigma)])];
    }

    private static double[] TimesInputs(DoubleTensor w, double[] v) =>
        [.. w.Values.Chunk(v.Length).Select(row => row.Zip(v, (a, b) => a * b).Sum())];

    private static double[] Normalize(double[] x, double epsilon)
    {
        double norm = Math.Max(Math.Sqrt(x.Sum(a => a * a)), epsilon);
        return [.. x.Select(a => a / norm)];
    }
}
