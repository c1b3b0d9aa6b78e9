using System.Runtime.InteropServices;
using Gimbal.Export.Onnx;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;

namespace Gimbal.Export;

/// <summary>Tensors, declarations and attributes in ONNX's messages.</summary>
internal static class OnnxTensor
{
    /// <summary>A float32 constant. Bytes are little-endian, as the format wants them.</summary>
    public static TensorProto Of(string name, Tensor tensor)
    {
        TensorProto proto = new() { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        proto.Dims.Add(tensor.Shape.Axes.ToArray().Select(extent => (long)extent));
        proto.RawData = Bytes<float>(tensor.Span);
        return proto;
    }

    /// <summary>An input or output with a free batch.</summary>
    public static ValueInfoProto Declare(string name, TensorProto.Types.DataType element, string batch, int[] extents)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = batch });
        shape.Dim.Add(extents.Select(extent => new TensorShapeProto.Types.Dimension { DimValue = extent }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)element, Shape = shape } },
        };
    }

    /// <summary>An attribute of a node; the value of a Constant becomes a tensor of rank 1.</summary>
    public static AttributeProto Attribute(string opType, OnnxAttribute attribute)
    {
        AttributeProto proto = new() { Name = attribute.Name };
        bool isTensor = opType == "Constant" && attribute.Name == "value";
        switch (attribute.Value)
        {
            case long[] integers when isTensor:
                (proto.Type, proto.T) = (AttributeProto.Types.AttributeType.Tensor, Vector<long>(integers, TensorProto.Types.DataType.Int64));
                break;
            case float[] numbers when isTensor:
                (proto.Type, proto.T) = (AttributeProto.Types.AttributeType.Tensor, Vector<float>(numbers, TensorProto.Types.DataType.Float));
                break;
            case long integer:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, integer);
                break;
            case float number:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, number);
                break;
            case string text:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] integers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.Add(integers);
                break;
            case float[] numbers:
                proto.Type = AttributeProto.Types.AttributeType.Floats;
                proto.Floats.Add(numbers);
                break;
            default:
                throw new ArgumentException($"{opType}.{attribute.Name}: attributes of type {attribute.Value.GetType().Name} are not written", nameof(attribute));
        }

        return proto;
    }

    private static TensorProto Vector<T>(T[] values, TensorProto.Types.DataType element)
        where T : unmanaged
    {
        TensorProto proto = new() { DataType = (int)element, RawData = Bytes<T>(values) };
        proto.Dims.Add(values.Length);
        return proto;
    }

    private static ByteString Bytes<T>(ReadOnlySpan<T> values)
        where T : unmanaged =>
        BitConverter.IsLittleEndian
            ? ByteString.CopyFrom(MemoryMarshal.AsBytes(values))
            : throw new PlatformNotSupportedException("export needs a little-endian machine");
}
