namespace Gimbal.Trainer.Tensors;

/// <summary>What an element is; every type takes four bytes, so one arena holds them all.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision.</summary>
    Float32,

    /// <summary>Signed 32-bit integer: labels, counters, positions.</summary>
    Int32,
}

/// <summary>What the axes of a tensor mean; a backend picks its storage order by it.</summary>
public enum Axes
{
    /// <summary>Row-major as written: matrices, vectors, scalars.</summary>
    Plain,

    /// <summary>N, C, H, W: activations and their gradients.</summary>
    Image,

    /// <summary>M, C/groups, R, S: convolution filters and their gradients.</summary>
    Filter,
}

/// <summary>Shape, meaning of the axes and element type of a value of a graph.</summary>
public readonly record struct TensorType(Shape Shape, Axes Axes = Axes.Plain, ElementType Element = ElementType.Float32)
{
    /// <summary>An activation: [N, C, H, W].</summary>
    public static TensorType Image(int n, int c, int h, int w) => new(new Shape(n, c, h, w), Axes.Image);

    /// <summary>A filter: [M, C/groups, R, S].</summary>
    public static TensorType Filter(int m, int c, int r, int s) => new(new Shape(m, c, r, s), Axes.Filter);

    /// <summary>A matrix [rows, columns].</summary>
    public static TensorType Matrix(int rows, int columns) => new(new Shape(rows, columns));

    /// <summary>A vector [count].</summary>
    public static TensorType Vector(int count) => new(new Shape(count));

    /// <summary>The same axes and elements with another shape.</summary>
    public TensorType With(Shape shape) => new(shape, Axes, Element);

    /// <summary>Prints <c>[2,3,32,32] image</c>; plain float32 prints its shape only.</summary>
    public override string ToString() =>
        $"{Shape}{(Axes == Axes.Plain ? "" : $" {Axes.ToString().ToLowerInvariant()}")}{(Element == ElementType.Float32 ? "" : " int32")}";
}
