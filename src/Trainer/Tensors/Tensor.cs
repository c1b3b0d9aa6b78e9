namespace Gimbal.Trainer.Tensors;

/// <summary>Host copy of a tensor: float32 elements in logical row-major order (NCHW for images, OIHW for filters).</summary>
public sealed class Tensor
{
    /// <summary>Zeros.</summary>
    public Tensor(Shape shape)
        : this(shape, new float[shape.Count])
    {
    }

    /// <summary>Wraps <paramref name="values"/> without copying.</summary>
    /// <exception cref="ShapeException">The number of elements is not the shape's.</exception>
    public Tensor(Shape shape, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != shape.Count)
        {
            throw new ShapeException($"tensor {shape} wants {shape.Count} elements, got {values.Length}");
        }

        Shape = shape;
        Values = values;
    }

    /// <summary>Extents, outermost first.</summary>
    public Shape Shape { get; }

    /// <summary>Elements in row-major order.</summary>
    public Span<float> Span => Values;

    internal float[] Values { get; }

    /// <summary>A deep copy.</summary>
    public Tensor Clone() => new(Shape, (float[])Values.Clone());
}
