using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Plans;

namespace Gimbal.Export.Tests;

/// <summary>Every model of the catalogue goes through ONNX Runtime in every form.</summary>
public sealed class CatalogueExportTests
{
    public static TheoryData<string> Models => [.. ModelCatalogue.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_of_the_catalogue_agrees_in_every_operator_set_and_form(string name)
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new();
        Network network = ModelCatalogue.Create(name, new ModelShape(Channels: 3, Size: 8, Classes: 5, Dropout: 0.2f));
        TrainedModel model = RandomModel.Of(network);
        foreach ((int opset, InputForm input, OutputForm output) in Forms(name))
        {
            ParityReport report = OnnxFile.Write(
                folder["model.onnx"], model, new ExportOptions { Opset = opset, Input = input, Output = output }, RandomModel.Pictures(network, 12), device);

            Assert.True(report.Passed);
            Assert.True(report.Rms is > 0.01 and < 100, $"logits of rms {report.Rms} are not those of a network in use");
            using ImageClassifier file = ImageClassifier.Load(folder["model.onnx"]);
            file.SelfTest();
        }
    }

    [Theory]
    [InlineData(1, 28, 28)]
    [InlineData(3, 12, 20)]
    public void Grey_and_oblong_pictures_are_exported_too(int channels, int height, int width)
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new();
        foreach (string name in (string[])["simple-cnn", "mlp", "resnet8"])
        {
            Network network = ModelCatalogue.Create(name, new ModelShape(channels, new(height, width), Classes: 3));
            foreach (InputForm input in Enum.GetValues<InputForm>())
            {
                ParityReport report = OnnxFile.Write(
                    folder["model.onnx"], RandomModel.Of(network), new ExportOptions { Input = input }, RandomModel.Pictures(network, 9), device);

                Assert.True(report.Passed);
            }
        }
    }

    [Fact]
    public void The_stem_for_photos_is_exported_too()
    {
        using TemporaryFolder folder = new();
        using CpuDevice device = new();
        Network network = ModelCatalogue.Create("resnet18", new ModelShape(Channels: 3, Size: 65, Classes: 5));

        Assert.Contains(network.Graph.Nodes, node => node.Name.StartsWith("maxpool", StringComparison.Ordinal));
        Assert.True(OnnxFile.Write(folder["model.onnx"], RandomModel.Of(network), new ExportOptions(), RandomModel.Pictures(network, 3), device).Passed);
    }

    // Depth 110 costs seconds each time, and holds no op that depth 56 does not.
    private static IEnumerable<(int Opset, InputForm Input, OutputForm Output)> Forms(string name) => name == "resnet110"
        ? [(17, InputForm.UInt8Nhwc, OutputForm.Logits)]
        :
        [
            (13, InputForm.FloatNchw, OutputForm.Logits),
            (13, InputForm.UInt8Nhwc, OutputForm.Probabilities),
            (17, InputForm.FloatNchw, OutputForm.Probabilities),
            (17, InputForm.UInt8Nhwc, OutputForm.Logits),
            (21, InputForm.FloatNchw, OutputForm.Logits),
            (21, InputForm.UInt8Nhwc, OutputForm.Logits),
        ];
}
