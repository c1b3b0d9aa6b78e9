using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Convolution and matrix product, term by term in logical order; gradients run over the same terms.</summary>
internal static class ProductReference
{
    public static DoubleTensor Conv(Conv op, DoubleTensor x, DoubleTensor w, DoubleTensor? bias)
    {
        Shape shape = op.Infer([new(x.Shape, Axes.Image), new(w.Shape, Axes.Filter)])[0].Shape;
        DoubleTensor y = DoubleTensor.Image(shape, (n, m, p, q) => bias is null ? 0 : bias[m]);
        Visit(op, x.Shape, w.Shape, shape, (atX, atW, atY) => y[atY] += x[atX] * w[atW]);
        return y;
    }

    public static DoubleTensor ConvGradInput(ConvGradInput op, DoubleTensor w, DoubleTensor gradY)
    {
        DoubleTensor gradX = new(new Shape(gradY.Shape[0], w.Shape[1] * op.Forward.Groups, op.H, op.W));
        Visit(op.Forward, gradX.Shape, w.Shape, gradY.Shape, (atX, atW, atY) => gradX[atX] += gradY[atY] * w[atW]);
        return gradX;
    }

    public static DoubleTensor ConvGradWeight(ConvGradWeight op, DoubleTensor x, DoubleTensor gradY)
    {
        DoubleTensor gradW = new(new Shape(gradY.Shape[1], x.Shape[1] / op.Forward.Groups, op.R, op.S));
        Visit(op.Forward, x.Shape, gradW.Shape, gradY.Shape, (atX, atW, atY) => gradW[atW] += gradY[atY] * x[atX]);
        return gradW;
    }

    public static DoubleTensor Gemm(Gemm op, DoubleTensor a, DoubleTensor b, DoubleTensor? bias)
    {
        bool isATransposed = op.TransA == Transpose.Yes;
        bool isBTransposed = op.TransB == Transpose.Yes;
        int inner = a.Shape[isATransposed ? 0 : 1];
        DoubleTensor y = new(new Shape(a.Shape[isATransposed ? 1 : 0], b.Shape[isBTransposed ? 0 : 1]));
        for (int i = 0; i < y.Shape[0]; i++)
        {
            for (int j = 0; j < y.Shape[1]; j++)
            {
                y[i, j] = bias is null ? 0 : bias[j];
                for (int k = 0; k < inner; k++)
                {
                    y[i, j] += (isATransposed ? a[k, i] : a[i, k]) * (isBTransposed ? b[j, k] : b[k, j]);
                }
            }
        }

        return y;
    }

    private static void Visit(Conv op, Shape x, Shape w, Shape y, Action<int, int, int> term)
    {
        int filtersPerGroup = w[0] / op.Groups;
        foreach ((int n, int m, int p, int q) in DoubleTensor.Places(y))
        {
            int atY = (((((n * y[1]) + m) * y[2]) + p) * y[3]) + q;
            for (int i = 0; i < w[1] * w[2] * w[3]; i++)
            {
                (int c, int r, int s) = (i / (w[2] * w[3]), i / w[3] % w[2], i % w[3]);
                int channel = (m / filtersPerGroup * w[1]) + c;
                (int h, int v) = ((p * op.Stride.H) - op.Pad.Top + (r * op.Dilation.H), (q * op.Stride.W) - op.Pad.Left + (s * op.Dilation.W));
                if (h >= 0 && h < x[2] && v >= 0 && v < x[3])
                {
                    term((((((n * x[1]) + channel) * x[2]) + h) * x[3]) + v, (m * w[1] * w[2] * w[3]) + i, atY);
                }
            }
        }
    }
}
