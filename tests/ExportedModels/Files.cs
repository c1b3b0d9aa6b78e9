using System.Runtime.InteropServices;
using Gimbal.Export;
using Gimbal.Export.Onnx;
using Gimbal.Trainer.Datasets;
using Google.Protobuf;

namespace Gimbal.ExportedModels;

/// <summary>Reads and changes ONNX messages.</summary>
internal static class Files
{
    /// <summary>The file the exporter makes.</summary>
    public static ModelProto Right(TrainedModel model, ExportOptions options, ParityGate gate)
    {
        ImageSource samples = RandomModel.Pictures(model.Network, 4);
        return OnnxExporter.Export(model, options, OnnxFile.Metadata(model, options, samples, gate).ToProperties());
    }

    public static ModelProto Read(string path) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));

    public static NodeProto Node(this ModelProto file, string name) => file.Graph.Node.Single(node => node.Name == name);

    public static AttributeProto Attribute(this NodeProto node, string name) => node.Attribute.Single(attribute => attribute.Name == name);

    public static void SetInts(this NodeProto node, string attribute, params long[] values)
    {
        AttributeProto proto = node.Attribute(attribute);
        proto.Ints.Clear();
        proto.Ints.Add(values);
    }

    /// <summary>Changes the numbers of an initialiser; its shape comes along.</summary>
    public static void Change(this ModelProto file, string initializer, Func<float[], int[], float[]> change)
    {
        TensorProto tensor = file.Graph.Initializer.Single(t => t.Name == initializer);
        float[] values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
        tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(change(values, [.. tensor.Dims.Select(d => (int)d)])));
    }

    /// <summary>Puts a node in front of another one's first input.</summary>
    public static void InsertBefore(this ModelProto file, string name, NodeProto inserted)
    {
        NodeProto node = file.Node(name);
        inserted.Input.Insert(0, node.Input[0]);
        inserted.Output.Add($"{inserted.Name}.out");
        node.Input[0] = inserted.Output[0];
        file.Graph.Node.Insert(file.Graph.Node.IndexOf(node), inserted);
    }

    /// <summary>Puts a node behind another one: it takes over the name of the value.</summary>
    public static void InsertBehind(this ModelProto file, string name, NodeProto inserted)
    {
        NodeProto node = file.Node(name);
        inserted.Input.Insert(0, $"{inserted.Name}.in");
        inserted.Output.Add(node.Output[0]);
        node.Output[0] = inserted.Input[0];
        file.Graph.Node.Insert(file.Graph.Node.IndexOf(node) + 1, inserted);
    }

    /// <summary>A node without inputs and outputs yet.</summary>
    public static NodeProto New(string name, string opType, params ReadOnlySpan<(string Name, long[] Ints)> attributes)
    {
        NodeProto node = new() { Name = name, OpType = opType };
        foreach ((string attribute, long[] ints) in attributes)
        {
            AttributeProto proto = new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Ints };
            proto.Ints.Add(ints);
            node.Attribute.Add(proto);
        }

        return node;
    }

    /// <summary>Adds a constant and returns its name.</summary>
    public static string Constant(this ModelProto file, string name, params long[] values)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)TensorProto.Types.DataType.Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>(values)) };
        tensor.Dims.Add(values.Length);
        file.Graph.Initializer.Add(tensor);
        return name;
    }

    /// <inheritdoc cref="Constant(ModelProto, string, long[])"/>
    public static string Constant(this ModelProto file, string name, float value)
    {
        file.Graph.Initializer.Add(OnnxTensor.Of(name, new Gimbal.Trainer.Tensors.Tensor(new Gimbal.Trainer.Tensors.Shape(1), [value])));
        return name;
    }
}
