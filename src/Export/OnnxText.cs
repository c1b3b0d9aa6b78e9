using System.Globalization;
using System.Text;
using Gimbal.Export.Onnx;

namespace Gimbal.Export;

/// <summary>What an ONNX file holds, for people.</summary>
/// <param name="Opset">Operator set of the standard domain.</param>
/// <param name="IrVersion">Version of the file format.</param>
/// <param name="Parameters">Elements of all constants that nodes read.</param>
/// <param name="Text">One line per input, constant, node and output, like the text of a graph.</param>
public sealed record OnnxText(long Opset, long IrVersion, long Parameters, string Text)
{
    /// <summary>Reads a file that ONNX Runtime has loaded.</summary>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">The bytes are no ONNX file.</exception>
    public static OnnxText Of(byte[] file)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(file);
        StringBuilder text = new();
        foreach (ValueInfoProto input in model.Graph.Input)
        {
            text.Append(CultureInfo.InvariantCulture, $"input {Print(input)}\n");
        }

        foreach (TensorProto constant in model.Graph.Initializer)
        {
            text.Append(CultureInfo.InvariantCulture, $"constant {constant.Name} [{string.Join(',', constant.Dims)}]\n");
        }

        foreach (NodeProto node in model.Graph.Node)
        {
            string attributes = string.Join(' ', node.Attribute.Select(a => $"{a.Name}={Print(a)}"));
            text.Append(CultureInfo.InvariantCulture, $"{string.Join(' ', node.Output)} = {node.OpType} {{{attributes}}} {string.Join(' ', node.Input)}\n");
        }

        foreach (ValueInfoProto output in model.Graph.Output)
        {
            text.Append(CultureInfo.InvariantCulture, $"output {Print(output)}\n");
        }

        return new OnnxText(
            model.OpsetImport.FirstOrDefault(set => set.Domain.Length == 0)?.Version ?? 0,
            model.IrVersion,
            model.Graph.Initializer.Sum(constant => constant.Dims.Aggregate(1L, (product, dim) => product * dim)),
            text.ToString());
    }

    private static string Print(ValueInfoProto value) => $"{value.Name} [{string.Join(',', value.Type.TensorType.Shape.Dim.Select(
        dim => dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam ? dim.DimParam : dim.DimValue.ToString(CultureInfo.InvariantCulture)))}]";

    private static string Print(AttributeProto attribute) => attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => attribute.I.ToString(CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.Float => attribute.F.ToString(CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.Ints => string.Join(',', attribute.Ints),
        AttributeProto.Types.AttributeType.String => attribute.S.ToStringUtf8(),
        AttributeProto.Types.AttributeType.Tensor => $"[{string.Join(',', attribute.T.Dims)}]",
        var other => other.ToString().ToLowerInvariant(),
    };
}
