using System.Text.Json.Nodes;
using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;

namespace Gimbal.Export.Tests;

/// <summary>What a file says about itself.</summary>
public sealed class FileContentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TrainedModel _model = RandomModel.Of(Networks.Workbench());

    [Theory]
    [InlineData(InputForm.FloatNchw, OutputForm.Logits)]
    [InlineData(InputForm.UInt8Nhwc, OutputForm.Probabilities)]
    public void The_metadata_holds_what_an_app_needs(InputForm input, OutputForm output)
    {
        ImageSource pictures = RandomModel.Pictures(_model.Network, 20);
        Write("model.onnx", new ExportOptions { Input = input, Output = output });
        using ImageClassifier file = ImageClassifier.Load(_folder["model.onnx"]);
        ModelMetadata metadata = file.Metadata;

        Assert.Equal(_model.Classes, metadata.Classes);
        Assert.Equal((input, output), (metadata.Input, metadata.Output));
        Assert.Equal((3, 12, 12), (metadata.Channels, metadata.Height, metadata.Width));
        Assert.Equal(_model.Normalization.Mean, metadata.Mean);
        Assert.Equal(_model.Normalization.Std, metadata.Std);
        Assert.True(JsonNode.DeepEquals(_model.Facts, JsonNode.Parse(metadata.Training)));
        Assert.Equal(4, metadata.Golden.Count);
        byte[] first = new byte[pictures.PixelBytes];
        pictures.Read(0, first);
        Assert.Equal(first, metadata.Golden[0].Pixels);
        Assert.Equal(output == OutputForm.Probabilities, Math.Abs(metadata.Golden[0].Outputs.Sum() - 1) < 1e-5);
        file.SelfTest();
    }

    [Theory]
    [InlineData(13, 7)]
    [InlineData(14, 7)]
    [InlineData(15, 8)]
    [InlineData(17, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    public void The_file_declares_the_operator_set_and_the_IR_that_came_with_it(int opset, int ir)
    {
        ModelProto file = Write("model.onnx", new ExportOptions { Opset = opset });

        Assert.Equal(ir, file.IrVersion);
        OperatorSetIdProto set = Assert.Single(file.OpsetImport);
        Assert.Equal(("", opset), (set.Domain, (int)set.Version));
    }

    [Fact]
    public void The_default_is_operator_set_17_with_IR_8()
    {
        ModelProto file = Write("model.onnx", new ExportOptions());

        Assert.Equal((17, 8), ((int)file.OpsetImport[0].Version, (int)file.IrVersion));
        Assert.Equal("gimbal", file.ProducerName);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(22)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Another_operator_set_is_refused(int opset)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new ExportOptions { Opset = opset });

        Assert.Contains($"{opset} is not in 13 to 21", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData(InputForm.FloatNchw, "Nx3x12x12", TensorProto.Types.DataType.Float)]
    [InlineData(InputForm.UInt8Nhwc, "Nx12x12x3", TensorProto.Types.DataType.Uint8)]
    internal void The_batch_is_free_and_the_rest_is_not(InputForm input, string shape, TensorProto.Types.DataType element)
    {
        ModelProto file = Write("model.onnx", new ExportOptions { Input = input });

        Assert.Equal(("input", shape, (int)element), Describe(Assert.Single(file.Graph.Input)));
        Assert.Equal(("output", "Nx5", (int)TensorProto.Types.DataType.Float), Describe(Assert.Single(file.Graph.Output)));
    }

    [Fact]
    public void Nodes_and_weights_keep_the_names_of_the_layers()
    {
        ModelProto file = Write("model.onnx", new ExportOptions());

        Assert.Equal(
            [
                "bn1.FrozenBatchNormalization", "relu1.Relu", "bn2.FrozenBatchNormalization", "pool1.AveragePool", "conv2.Conv", "act2.LeakyRelu",
                "block.bn.FrozenBatchNormalization", "block.shortcut.take.Subsample", "block.shortcut.pad.Pad.Constant_0", "block.shortcut.pad.Pad",
                "block.Add", "relu3.Relu", "pool2.MaxPool", "conv3.Conv", "flatten.Flatten", "fc1.Gemm", "relu4.Relu", "fc2.Gemm", "tanh.Tanh", "fc3.Gemm",
            ],
            file.Graph.Node.Select(node => node.Name));
        Assert.Equal(
            [
                "block.bn.bias", "block.conv.weight", "bn1.bias", "bn2.bias", "bn2.running_mean", "bn2.running_var", "bn2.weight", "conv1.weight",
                "conv2.bias", "conv2.weight", "conv3.bias", "conv3.weight", "fc1.bias", "fc1.weight", "fc2.bias", "fc2.weight", "fc3.bias", "fc3.weight",
            ],
            file.Graph.Initializer.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes_whatever_the_threads()
    {
        foreach (ExportOptions options in (ExportOptions[])[new(), new() { Opset = 21, Input = InputForm.UInt8Nhwc, Output = OutputForm.Probabilities }])
        {
            Write("one.onnx", options, threads: 1);
            Write("again.onnx", options, threads: 1);
            Write("two.onnx", options, threads: 2);

            byte[] content = File.ReadAllBytes(_folder["one.onnx"]);
            Assert.Equal(content, File.ReadAllBytes(_folder["again.onnx"]));
            Assert.Equal(content, File.ReadAllBytes(_folder["two.onnx"]));
        }
    }

    [Fact]
    public void Class_names_may_hold_any_text()
    {
        string[] names = ["Grüße", "\"quoted\"", "line\nbreak", "猫", ""];
        TrainedModel model = _model with { Classes = names };
        using CpuDevice device = new(threads: 1);
        OnnxFile.Write(_folder["model.onnx"], model, new ExportOptions(), RandomModel.Pictures(model.Network, 8), device);
        using ImageClassifier file = ImageClassifier.Load(_folder["model.onnx"]);

        Assert.Equal(names, file.Classes);
    }

    public void Dispose() => _folder.Dispose();

    private static (string Name, string Shape, int Element) Describe(ValueInfoProto value) => (
        value.Name,
        string.Join('x', value.Type.TensorType.Shape.Dim.Select(d => d.DimParam.Length > 0 ? d.DimParam : $"{d.DimValue}")),
        value.Type.TensorType.ElemType);

    private ModelProto Write(string name, ExportOptions options, int threads = 1)
    {
        using CpuDevice device = new(threads);
        OnnxFile.Write(_folder[name], _model, options, RandomModel.Pictures(_model.Network, 20), device);
        return Files.Read(_folder[name]);
    }
}
