using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Pooling, window by window; gradients hand each output's share to the pixels it came from.</summary>
internal static class PoolingReference
{
    public static IReadOnlyList<DoubleTensor> Max(MaxPool op, DoubleTensor x)
    {
        Shape shape = OutputShape(x.Shape, op.Window, op.Stride, op.Pad);
        DoubleTensor y = new(shape);
        DoubleTensor positions = new(shape);
        foreach ((int n, int c, int p, int q) in DoubleTensor.Places(shape))
        {
            List<(int H, int W)> pixels = Pixels(x.Shape, op.Window, op.Stride, op.Pad, p, q);
            (int H, int W) best = pixels[0];
            foreach ((int H, int W) pixel in pixels)
            {
                double value = x[n, c, pixel.H, pixel.W];
                best = value > x[n, c, best.H, best.W] || double.IsNaN(value) ? pixel : best;
            }

            y[n, c, p, q] = x[n, c, best.H, best.W];
            positions[n, c, p, q] = (best.H * x.Shape[3]) + best.W;
        }

        return [y, positions];
    }

    public static IReadOnlyList<DoubleTensor> MaxGrad(MaxPoolGrad op, DoubleTensor positions, DoubleTensor gradY)
    {
        DoubleTensor gradX = new(new Shape(gradY.Shape[0], gradY.Shape[1], op.Extent.H, op.Extent.W));
        foreach ((int n, int c, int p, int q) in DoubleTensor.Places(gradY.Shape))
        {
            int position = (int)positions[n, c, p, q];
            gradX[n, c, position / op.Extent.W, position % op.Extent.W] += gradY[n, c, p, q];
        }

        return [gradX];
    }

    public static IReadOnlyList<DoubleTensor> Average(DoubleTensor x, Size2 window, Size2 stride, Pad2 pad, PadCounting counting) =>
    [
        DoubleTensor.Image(OutputShape(x.Shape, window, stride, pad), (n, c, p, q) =>
        {
            List<(int H, int W)> pixels = Pixels(x.Shape, window, stride, pad, p, q);
            return pixels.Sum(pixel => x[n, c, pixel.H, pixel.W]) / (counting == PadCounting.Included ? window.H * window.W : pixels.Count);
        }),
    ];

    public static IReadOnlyList<DoubleTensor> AverageGrad(AveragePoolGrad op, DoubleTensor gradY)
    {
        DoubleTensor gradX = new(new Shape(gradY.Shape[0], gradY.Shape[1], op.Extent.H, op.Extent.W));
        foreach ((int n, int c, int p, int q) in DoubleTensor.Places(gradY.Shape))
        {
            List<(int H, int W)> pixels = Pixels(gradX.Shape, op.Window, op.Stride, op.Pad, p, q);
            foreach ((int h, int w) in pixels)
            {
                gradX[n, c, h, w] += gradY[n, c, p, q] / (op.Counting == PadCounting.Included ? op.Window.H * op.Window.W : pixels.Count);
            }
        }

        return [gradX];
    }

    private static Shape OutputShape(Shape x, Size2 window, Size2 stride, Pad2 pad) => new(
        x[0],
        x[1],
        ((x[2] + pad.Top + pad.Bottom - window.H) / stride.H) + 1,
        ((x[3] + pad.Left + pad.Right - window.W) / stride.W) + 1);

    private static List<(int H, int W)> Pixels(Shape x, Size2 window, Size2 stride, Pad2 pad, int p, int q)
    {
        List<(int H, int W)> pixels = [];
        for (int r = 0; r < window.H; r++)
        {
            for (int s = 0; s < window.W; s++)
            {
                (int h, int w) = ((p * stride.H) - pad.Top + r, (q * stride.W) - pad.Left + s);
                if (h >= 0 && h < x[2] && w >= 0 && w < x[3])
                {
                    pixels.Add((h, w));
                }
            }
        }

        return pixels;
    }
}
