using System.Runtime.InteropServices;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Checkpoints;

/// <summary>One named array of a safetensors file, in row-major order, of at most 2³¹ − 1 bytes.</summary>
public sealed class StoredTensor
{
    private readonly Array _values;

    /// <summary>Wraps float32 values without copying.</summary>
    /// <exception cref="ArgumentException">The shape does not hold that many elements, or they take too many bytes.</exception>
    public StoredTensor(string name, float[] values, params IReadOnlyList<long> shape)
        : this(name, StoredType.F32, shape, values)
    {
    }

    /// <summary>Wraps 32-bit integers without copying.</summary>
    /// <inheritdoc cref="StoredTensor(string, float[], IReadOnlyList{long})"/>
    public StoredTensor(string name, int[] values, params IReadOnlyList<long> shape)
        : this(name, StoredType.I32, shape, values)
    {
    }

    /// <summary>Wraps 64-bit integers without copying.</summary>
    /// <inheritdoc cref="StoredTensor(string, float[], IReadOnlyList{long})"/>
    public StoredTensor(string name, long[] values, params IReadOnlyList<long> shape)
        : this(name, StoredType.I64, shape, values)
    {
    }

    /// <summary>Wraps bytes without copying.</summary>
    /// <inheritdoc cref="StoredTensor(string, float[], IReadOnlyList{long})"/>
    public StoredTensor(string name, byte[] values, params IReadOnlyList<long> shape)
        : this(name, StoredType.U8, shape, values)
    {
    }

    internal StoredTensor(string name, StoredType type, IReadOnlyList<long> shape, Array values)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        if (!TryCount(shape, out long count) || count != values.LongLength)
        {
            throw new ArgumentException($"{name}: shape [{string.Join(',', shape)}] does not hold {values.LongLength} elements", nameof(shape));
        }

        if (count * SizeOf(type) > int.MaxValue)
        {
            throw new ArgumentException($"{name}: {count} elements of type {type} take more than {int.MaxValue} bytes", nameof(values));
        }

        Name = name;
        Type = type;
        Shape = shape;
        _values = values;
    }

    /// <summary>Name in the file, unique there.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public StoredType Type { get; }

    /// <summary>Extents, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Bytes of all elements.</summary>
    public int ByteCount => _values.Length * SizeOf(Type);

    internal Span<byte> Bytes => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(_values), ByteCount);

    /// <summary>Wraps a host tensor without copying.</summary>
    public static StoredTensor Of(string name, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return new(name, StoredType.F32, [.. tensor.Shape.Axes.ToArray().Select(extent => (long)extent)], tensor.Values);
    }

    /// <summary>The elements, not copied.</summary>
    /// <typeparam name="T">What <see cref="Type"/> says: float, int, long or byte.</typeparam>
    /// <exception cref="InvalidCastException">It is another type.</exception>
    public T[] ValuesAs<T>()
        where T : unmanaged => (T[])_values;

    internal static StoredTensor Allocate(string name, StoredType type, IReadOnlyList<long> shape, long count) => new(name, type, shape, type switch
    {
        StoredType.F32 => new float[count],
        StoredType.I32 => new int[count],
        StoredType.I64 => new long[count],
        _ => new byte[count],
    });

    internal static int SizeOf(StoredType type) => type switch
    {
        StoredType.I64 => sizeof(long),
        StoredType.U8 => sizeof(byte),
        _ => sizeof(float),
    };

    /// <summary>Multiplies extents; false when one is negative or the product passes 2⁶³ − 1.</summary>
    internal static bool TryCount(IReadOnlyList<long> shape, out long count)
    {
        count = 1;
        foreach (long extent in shape)
        {
            if (extent < 0 || (extent > 0 && count > long.MaxValue / extent))
            {
                return false;
            }

            count *= extent;
        }

        return true;
    }
}
