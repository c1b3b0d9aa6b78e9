using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Faults;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;

namespace Gimbal.Export.Tests;

/// <summary>The gate's own control: files with a planted mistake are refused, and the node that is wrong is named.</summary>
public sealed class ParityControlTests
{
    private static readonly TrainedModel s_model = RandomModel.Of(Networks.Workbench());
    private static readonly ImageSource s_pictures = RandomModel.Pictures(s_model.Network, 80);

    public static TheoryData<string> NetworkFaults => [.. PlantedFaults.Network.Select(fault => fault.Name)];

    public static TheoryData<string> PixelFaults => [.. PlantedFaults.Pixels.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(NetworkFaults))]
    public void A_wrong_network_is_refused_and_its_node_named(string name)
    {
        PlantedFault fault = PlantedFaults.Network.Single(fault => fault.Name == name);
        IsRefused(fault, new ExportOptions { Input = InputForm.FloatNchw });
        IsRefused(fault, new ExportOptions { Input = InputForm.UInt8Nhwc });
    }

    [Theory]
    [MemberData(nameof(PixelFaults))]
    public void A_wrong_normalisation_in_the_graph_is_refused_and_its_node_named(string name) =>
        IsRefused(PlantedFaults.Pixels.Single(fault => fault.Name == name), new ExportOptions { Input = InputForm.UInt8Nhwc });

    [Fact]
    public void A_wrong_network_is_refused_where_the_output_is_a_softmax()
    {
        foreach (PlantedFault fault in PlantedFaults.Network)
        {
            IsRefused(fault, new ExportOptions { Output = OutputForm.Probabilities });
        }
    }

    [Fact]
    public void A_softmax_over_the_batch_is_refused_and_named() => IsRefused(
        PlantedFault.Edit("softmax over the batch", "softmax", file => file.Node("softmax").Attribute("axis").I = 0),
        new ExportOptions { Output = OutputForm.Probabilities });

    [Theory]
    [InlineData(ModelMetadata.MeanKey, "[0.485,0.456,0.406]")]
    [InlineData(ModelMetadata.StdKey, "[1,1,1]")]
    public void Metadata_that_normalises_otherwise_is_refused_and_the_input_named(string key, string value) => IsRefused(
        PlantedFault.Edit(key, OnnxExporter.InputName, file => file.MetadataProps.Single(pair => pair.Key == key).Value = value),
        new ExportOptions { Input = InputForm.FloatNchw });

    [Theory]
    [InlineData("stride lost", "block.Add")]
    [InlineData("weight not transposed", "fc3.Gemm")]
    public void A_file_that_cannot_be_run_is_refused_with_ONNX_Runtimes_reason(string name, string node)
    {
        Action<ModelProto> change = name == "stride lost"
            ? file => file.Node("block.shortcut.take.Subsample").SetInts("strides", 1, 1)
            : file => file.Node("fc3.Gemm").Attribute("transB").I = 0;

        ParityException refusal = Refusal(PlantedFault.Edit(name, node, change), new ExportOptions());

        Assert.Null(refusal.Report);
        Assert.Contains("ONNX Runtime", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(node, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData(InputForm.FloatNchw, OutputForm.Logits)]
    [InlineData(InputForm.UInt8Nhwc, OutputForm.Logits)]
    [InlineData(InputForm.FloatNchw, OutputForm.Probabilities)]
    [InlineData(InputForm.UInt8Nhwc, OutputForm.Probabilities)]
    public void The_same_file_without_a_mistake_passes(InputForm input, OutputForm output)
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new(threads: 1);
        ParityGate gate = new(s_model, s_pictures, device, output);
        ModelProto file = Files.Right(s_model, new ExportOptions { Input = input, Output = output }, gate);

        ParityReport report = OnnxFile.Publish(folder["model.onnx"], file, s_model, s_pictures, gate, device);

        Assert.True(report.Passed);
        Assert.Equal([1, 7, 64, 8], report.Batches);
        Assert.Equal(80, report.Samples);
        Assert.Equal(1, report.Agreement);
        Assert.Null(Divergence.FirstNode(file, s_model, s_pictures, report.WorstSample, device));
    }

    [Fact]
    public void A_fault_that_one_picture_shows_is_located_on_that_picture()
    {
        // All pictures are black but one: only there can red and blue be told apart.
        const int Odd = 11;
        byte[] pixels = new byte[20 * s_pictures.PixelBytes];
        new Random(5).NextBytes(pixels.AsSpan(Odd * s_pictures.PixelBytes, s_pictures.PixelBytes));
        ImageSet one = new(pixels, new int[20], s_pictures.Height, s_pictures.Width, s_pictures.Channels, s_pictures.Classes);
        PlantedFault fault = PlantedFaults.Pixels[0];

        ParityException refusal = Refusal(fault, new ExportOptions { Input = InputForm.UInt8Nhwc }, one);

        Assert.Equal(Odd, refusal.Report!.WorstSample);
        Assert.Equal(fault.Node, refusal.Report.FirstDivergentNode);
    }

    private static void IsRefused(PlantedFault fault, ExportOptions options)
    {
        ParityException refusal = Refusal(fault, options);

        Assert.True(refusal.Report is not null, $"{fault}: {refusal.Message}");
        Assert.False(refusal.Report.Passed);
        Assert.True(fault.Node == refusal.Report.FirstDivergentNode, $"{fault}: {refusal.Report.FirstDivergentNode} is named, {fault.Node} is wrong");
        Assert.Contains(fault.Node, refusal.Message, StringComparison.Ordinal);
    }

    private static ParityException Refusal(PlantedFault fault, ExportOptions options, ImageSource? pictures = null)
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new(threads: 1);
        ParityGate gate = new(s_model, pictures ?? s_pictures, device, options.Output);
        ModelProto file = fault.Make(s_model, options, gate);

        ParityException refusal = Assert.Throws<ParityException>(() =>
            OnnxFile.Publish(folder["model.onnx"], file, s_model, pictures ?? s_pictures, gate, device));

        Assert.Empty(folder.Names);
        return refusal;
    }
}
