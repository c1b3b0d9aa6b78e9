using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Softmax, row by row, dropout, element by element, and padding.</summary>
internal static class ActivationReference
{
    public static DoubleTensor Softmax(DoubleTensor x)
    {
        DoubleTensor y = new(x.Shape);
        for (int row = 0; row < x.Shape[0]; row++)
        {
            double max = Enumerable.Range(0, x.Shape[1]).Max(k => x[row, k]);
            double sum = Enumerable.Range(0, x.Shape[1]).Sum(k => Math.Exp(x[row, k] - max));
            for (int k = 0; k < x.Shape[1]; k++)
            {
                y[row, k] = Math.Exp(x[row, k] - max) / sum;
            }
        }

        return y;
    }

    public static DoubleTensor SoftmaxGrad(DoubleTensor y, DoubleTensor gradY)
    {
        DoubleTensor gradX = new(y.Shape);
        for (int row = 0; row < y.Shape[0]; row++)
        {
            for (int k = 0; k < y.Shape[1]; k++)
            {
                // The Jacobian of softmax, row by column: y_j·([j = k] − y_k).
                gradX[row, k] = Enumerable.Range(0, y.Shape[1]).Sum(j => gradY[row, j] * y[row, j] * ((j == k ? 1 : 0) - y[row, k]));
            }
        }

        return gradX;
    }

    public static DoubleTensor Dropout(Dropout op, DoubleTensor x, DoubleTensor random)
    {
        ulong seed = (uint)(int)random[0] | ((ulong)(uint)(int)random[1] << 32);
        Philox numbers = new(seed, (uint)op.Stream);
        return new(x.Shape, [.. x.Values.Select((value, i) =>
            numbers.Uniform((uint)(int)random[2], (ulong)i) < op.Probability ? 0 : value / (1 - (double)op.Probability))]);
    }

    public static DoubleTensor Pad(Pad op, DoubleTensor x)
    {
        Shape s = x.Shape;
        DoubleTensor y = new(new Shape(
            s[0], s[1] + op.ChannelsBefore + op.ChannelsAfter, s[2] + op.Sides.Top + op.Sides.Bottom, s[3] + op.Sides.Left + op.Sides.Right));
        foreach ((int n, int c, int h, int w) in DoubleTensor.Places(s))
        {
            y[n, c + op.ChannelsBefore, h + op.Sides.Top, w + op.Sides.Left] = x[n, c, h, w];
        }

        return y;
    }

    public static DoubleTensor PadGrad(PadGrad op, DoubleTensor gradY)
    {
        Shape s = gradY.Shape;
        Shape x = new(
            s[0], s[1] - op.ChannelsBefore - op.ChannelsAfter, s[2] - op.Sides.Top - op.Sides.Bottom, s[3] - op.Sides.Left - op.Sides.Right);
        return DoubleTensor.Image(x, (n, c, h, w) => gradY[n, c + op.ChannelsBefore, h + op.Sides.Top, w + op.Sides.Left]);
    }
}
