using Gimbal.Export.Onnx;
using Gimbal.Inference;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export;

/// <summary>Prints the deployed form of a network as ONNX. Deterministic: the same model gives the same bytes.</summary>
/// <remarks>Values keep the trainer's names, so that a node of the file can be compared with the node it came from.</remarks>
internal sealed class OnnxExporter
{
    /// <summary>Name of the file's input.</summary>
    public const string InputName = "input";

    /// <summary>Name of the file's output.</summary>
    public const string OutputName = "output";

    private const string BatchName = "N";

    private readonly TrainedModel _model;
    private readonly ExportOptions _options;
    private readonly GraphProto _graph;
    private readonly Dictionary<Value, string> _names = [];

    private OnnxExporter(TrainedModel model, ExportOptions options)
    {
        (_model, _options) = (model, options);
        _graph = new GraphProto { Name = model.Network.Name };
    }

    /// <summary>Builds the file.</summary>
    /// <param name="model">What to export.</param>
    /// <param name="options">In which form.</param>
    /// <param name="metadata">What travels beside the graph.</param>
    public static ModelProto Export(TrainedModel model, ExportOptions options, IReadOnlyDictionary<string, string> metadata)
    {
        OnnxExporter exporter = new(model, options);
        exporter.WriteGraph();
        ModelProto proto = new()
        {
            IrVersion = options.IrVersion,
            ProducerName = "gimbal",
            ProducerVersion = typeof(OnnxExporter).Assembly.GetName().Version?.ToString(3) ?? "0.0.0",
            Graph = exporter._graph,
        };
        proto.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        proto.MetadataProps.Add(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return proto;
    }

    private void WriteGraph()
    {
        (Graph graph, IReadOnlyDictionary<string, Tensor> weights) = ConstantFolding.Fold(_model.Network.AtInference(batch: 2), _model.Weights);
        FoldedGraph folded = FoldedGraph.Of(graph, weights);
        Value images = folded.Graph.Inputs[0];
        (int channels, int height, int width) = _model.Network.ImageSize;
        _names[images] = WriteInput(channels, height, width);
        foreach (Value state in folded.Graph.Values.Where(v => v.IsState))
        {
            _names[state] = state.Name;
            _graph.Initializer.Add(OnnxTensor.Of(state.Name, folded.Weights[state.Name]));
        }

        Value logits = folded.Graph.Outputs[0];
        foreach (Value result in folded.Graph.Values.Where(v => v.Kind == ValueKind.Result))
        {
            _names[result] = result == logits && _options.Output == OutputForm.Logits ? OutputName : result.Name;
        }

        foreach (Node node in folded.Graph.Nodes)
        {
            WriteNode(node);
        }

        if (_options.Output == OutputForm.Probabilities)
        {
            Append("softmax", new OnnxNode("Softmax", [_names[logits]], [OutputName], new OnnxAttribute("axis", 1L)));
        }

        _graph.Output.Add(OnnxTensor.Declare(OutputName, TensorProto.Types.DataType.Float, BatchName, [_model.Network.Classes]));
    }

    private void WriteNode(Node node)
    {
        ForwardOp op = (ForwardOp)node.Op;
        OnnxCall call = new(
            node.Name,
            [.. node.Inputs.Select(v => _names[v])],
            [.. node.Outputs.Select(v => _names[v])],
            [.. node.Inputs.Select(v => v.Type)],
            _options.Opset);
        IReadOnlyList<OnnxNode> spelled = op.ToOnnx(call);
        for (int i = 0; i < spelled.Count; i++)
        {
            Append(i == spelled.Count - 1 ? node.Name : $"{node.Name}.{spelled[i].OpType}_{i}", spelled[i]);
        }
    }

    private string WriteInput(int channels, int height, int width)
    {
        if (_options.Input == InputForm.FloatNchw)
        {
            _graph.Input.Add(OnnxTensor.Declare(InputName, TensorProto.Types.DataType.Float, BatchName, [channels, height, width]));
            return InputName;
        }

        _graph.Input.Add(OnnxTensor.Declare(InputName, TensorProto.Types.DataType.Uint8, BatchName, [height, width, channels]));
        _graph.Initializer.Add(PixelInput.Constants(_model.Normalization));
        foreach ((string name, OnnxNode node) in PixelInput.Nodes(InputName))
        {
            Append(name, node);
        }

        return PixelInput.ImagesName;
    }

    private void Append(string name, OnnxNode node)
    {
        NodeProto proto = new() { Name = name, OpType = node.OpType };
        proto.Input.Add(node.Inputs);
        proto.Output.Add(node.Outputs);
        proto.Attribute.Add(node.Attributes.OrderBy(a => a.Name, StringComparer.Ordinal).Select(a => OnnxTensor.Attribute(node.OpType, a)));
        _graph.Node.Add(proto);
    }
}
