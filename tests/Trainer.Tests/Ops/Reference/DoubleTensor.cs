using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Ops.Reference;

/// <summary>Elements in double precision, in logical row-major order. Integers are held exactly.</summary>
public sealed class DoubleTensor(Shape shape, double[] values)
{
    public DoubleTensor(Shape shape)
        : this(shape, new double[shape.Count])
    {
    }

    public Shape Shape { get; } = shape;

    public double[] Values { get; } = values;

    public ref double this[int i] => ref Values[i];

    public ref double this[int row, int column] => ref Values[(row * Shape[1]) + column];

    public ref double this[int n, int c, int h, int w] => ref Values[(((((n * Shape[1]) + c) * Shape[2]) + h) * Shape[3]) + w];

    /// <summary>Applies a function to each element.</summary>
    public DoubleTensor Map(Func<double, double> f) => new(Shape, [.. Values.Select(f)]);

    /// <summary>Applies a function to each pair of elements.</summary>
    public DoubleTensor Zip(DoubleTensor other, Func<double, double, double> f) => new(Shape, [.. Values.Zip(other.Values, f)]);

    /// <summary>The last images of a batch [N,C,H,W], or rows of a matrix; all where there are not so many.</summary>
    public DoubleTensor Last(int images)
    {
        int kept = Math.Min(images, Shape[0]);
        Shape part = Shape.Rank == 4 ? new Shape(kept, Shape[1], Shape[2], Shape[3]) : new Shape(kept, Shape[1]);
        return new DoubleTensor(part, Values[^part.Count..]);
    }

    /// <summary>Makes a tensor from a function of the four indices.</summary>
    public static DoubleTensor Image(Shape shape, Func<int, int, int, int, double> f)
    {
        DoubleTensor result = new(shape);
        foreach ((int n, int c, int h, int w) in Places(shape))
        {
            result[n, c, h, w] = f(n, c, h, w);
        }

        return result;
    }

    /// <summary>All index tuples of a shape of rank 4, in order.</summary>
    public static IEnumerable<(int N, int C, int H, int W)> Places(Shape shape)
    {
        int plane = shape[2] * shape[3];
        for (int i = 0; i < shape.Count; i++)
        {
            yield return (i / (shape[1] * plane), i / plane % shape[1], i / shape[3] % shape[2], i % shape[3]);
        }
    }
}
