using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Tensors;

/// <summary>Extents of a dense tensor, outermost first (N, C, H, W for images; M, C/groups, R, S for filters); rank 0 is a scalar.</summary>
public readonly struct Shape : IEquatable<Shape>
{
    /// <summary>Highest rank any op needs.</summary>
    public const int MaxRank = 4;

    private readonly Extents _extents;

    /// <summary>Copies <paramref name="extents"/>.</summary>
    /// <exception cref="ShapeException">More than <see cref="MaxRank"/> extents, one below 1, or a product above 2³¹ − 1.</exception>
    public Shape(params ReadOnlySpan<int> extents)
    {
        if (extents.Length > MaxRank)
        {
            throw new ShapeException($"shape [{string.Join(',', extents.ToArray())}] has rank {extents.Length}; {MaxRank} is the most");
        }

        long count = 1;
        foreach (int extent in extents)
        {
            if (extent < 1 || (count *= extent) > int.MaxValue)
            {
                throw new ShapeException($"shape [{string.Join(',', extents.ToArray())}] is empty or holds more than {int.MaxValue} elements");
            }
        }

        Rank = extents.Length;
        Count = (int)count;
        extents.CopyTo(_extents);
    }

    /// <summary>Number of axes.</summary>
    public int Rank { get; }

    /// <summary>Product of all extents; 1 for a scalar.</summary>
    public int Count { get; }

    /// <summary>Extent of one axis, in elements.</summary>
    public int this[int axis] => Axes[axis];

    /// <summary>The extents as a span over this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<int> Axes => ((ReadOnlySpan<int>)_extents)[..Rank];

    /// <summary>The same shape with another extent on one axis.</summary>
    public Shape With(int axis, int extent)
    {
        Span<int> axes = stackalloc int[MaxRank];
        Axes.CopyTo(axes);
        axes[axis] = extent;
        return new Shape(axes[..Rank]);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Axes.SequenceEqual(other.Axes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (int extent in Axes)
        {
            hash.Add(extent);
        }

        return hash.ToHashCode();
    }

    /// <summary>Prints <c>[2,3,32,32]</c>, the form used in every error message.</summary>
    public override string ToString() => $"[{string.Join(',', Axes.ToArray())}]";

    /// <summary>Value equality.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Value inequality.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    [InlineArray(MaxRank)]
    private struct Extents
    {
        private int _first;
    }
}
