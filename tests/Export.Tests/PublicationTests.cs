using Gimbal.Export.Onnx;
using Gimbal.Export.Tests.Faults;
using Gimbal.Export.Tests.Models;
using Gimbal.ExportedModels;
using Gimbal.Inference;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Export.Tests;

/// <summary>A file is written whole and right, or not at all.</summary>
public sealed class PublicationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CpuDevice _device = new(threads: 1);
    private readonly TrainedModel _model = RandomModel.Of(Networks.Workbench());

    [Fact]
    public void A_refused_file_leaves_the_older_good_one_as_it_was()
    {
        ImageSource pictures = RandomModel.Pictures(_model.Network, 20);
        OnnxFile.Write(_folder["model.onnx"], _model, new ExportOptions(), pictures, _device);
        byte[] good = File.ReadAllBytes(_folder["model.onnx"]);
        ParityGate gate = new(_model, pictures, _device, OutputForm.Logits);
        ModelProto wrong = PlantedFaults.Network[0].Make(_model, new ExportOptions(), gate);

        Assert.Throws<ParityException>(() => OnnxFile.Publish(_folder["model.onnx"], wrong, _model, pictures, gate, _device));

        Assert.Equal(["model.onnx"], _folder.Names);
        Assert.Equal(good, File.ReadAllBytes(_folder["model.onnx"]));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_that_are_not_finite_are_refused_by_name(float value)
    {
        Tensor weight = _model.Weights["fc2.weight"].Clone();
        weight.Span[^1] = value;

        Refuses(_model with { Weights = new Dictionary<string, Tensor>(_model.Weights) { ["fc2.weight"] = weight } }, "fc2.weight", "not finite", "diverged");
    }

    [Fact]
    public void Weights_whose_outputs_overflow_are_refused()
    {
        Tensor weight = _model.Weights["fc3.weight"].Clone();
        weight.Span.Fill(float.MaxValue);

        Refuses(_model with { Weights = new Dictionary<string, Tensor>(_model.Weights) { ["fc3.weight"] = weight } }, "overflow", "diverged");
    }

    [Theory]
    [InlineData(1, new[] { 1, 7 })]
    [InlineData(2, new[] { 1, 7 })]
    [InlineData(8, new[] { 1, 7 })]
    [InlineData(72, new[] { 1, 7, 64 })]
    [InlineData(150, new[] { 1, 7, 64, 14 })]
    public void ONNX_Runtime_gets_one_picture_an_odd_number_and_a_full_batch(int pictures, int[] batches)
    {
        ParityReport report = OnnxFile.Write(_folder["model.onnx"], _model, new ExportOptions(), RandomModel.Pictures(_model.Network, pictures), _device);

        Assert.Equal(batches, report.Batches);
        Assert.Equal(pictures, report.Samples);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_a_disk_error_that_names_it()
    {
        string path = Path.Combine(_folder["nowhere"], "model.onnx");

        DiskException refusal = Assert.Throws<DiskException>(() =>
            OnnxFile.Write(path, _model, new ExportOptions(), RandomModel.Pictures(_model.Network, 8), _device));

        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void What_does_not_fit_the_network_is_refused_before_anything_is_computed()
    {
        Network smaller = Networks.Bare("smaller", new ReLU(), channels: 3, size: 4);
        ImageSource pictures = RandomModel.Pictures(_model.Network, 8);

        Misfit("4 class names", _model with { Classes = [.. _model.Classes.Take(4)] }, pictures);
        Misfit("normalisation", _model with { Normalization = new Normalization([0.5f], [0.5f]) }, pictures);
        Misfit("3x4x4", _model, RandomModel.Pictures(smaller, 8));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public void A_file_is_verified_again_against_the_run_it_came_from_and_no_other()
    {
        ImageSource pictures = RandomModel.Pictures(_model.Network, 30);
        string path = _folder["model.onnx"];
        OnnxFile.Write(path, _model, new ExportOptions(), pictures, _device);

        ParityReport own = OnnxFile.Verify(path, _model, pictures, _device);
        ParityReport other = OnnxFile.Verify(path, RandomModel.Of(_model.Network, seed: 9), pictures, _device);
        TrainedModel stranger = RandomModel.Of(Networks.Bare("stranger", new ReLU(), channels: 3, size: 4));
        ModelFileException refusal = Assert.Throws<ModelFileException>(() =>
            OnnxFile.Verify(path, stranger, RandomModel.Pictures(stranger.Network, 8), _device));

        Assert.True(own.Passed);
        Assert.Null(own.FirstDivergentNode);
        Assert.False(other.Passed);
        Assert.Equal("bn1.FrozenBatchNormalization", other.FirstDivergentNode);
        Assert.StartsWith(path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("another run", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accuracy_is_the_share_of_pictures_with_the_right_class()
    {
        ImageSource pictures = RandomModel.Pictures(_model.Network, 30);
        OnnxFile.Write(_folder["model.onnx"], _model, new ExportOptions(), pictures, _device);
        using ImageClassifier file = ImageClassifier.Load(_folder["model.onnx"]);
        byte[] pixels = new byte[30 * pictures.PixelBytes];
        for (int i = 0; i < 30; i++)
        {
            pictures.Read(i, pixels.AsSpan(i * pictures.PixelBytes, pictures.PixelBytes));
        }

        int[] answers = [.. file.ClassifyBatch(pixels).Select(c => c.Best.Index)];
        int[] labels = [.. answers.Select((answer, i) => i < 12 ? answer : (answer + 1) % 5)];
        ImageSet relabelled = new(pixels, labels, pictures.Height, pictures.Width, pictures.Channels, pictures.Classes);

        Assert.Equal(12 / 30.0, OnnxFile.Accuracy(file, relabelled), 12);
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private void Refuses(TrainedModel model, params string[] words)
    {
        string path = _folder["model.onnx"];
        foreach (InputForm input in Enum.GetValues<InputForm>())
        {
            ParityException refusal = Assert.Throws<ParityException>(() =>
                OnnxFile.Write(path, model, new ExportOptions { Input = input }, RandomModel.Pictures(model.Network, 8), _device));

            Assert.StartsWith($"{path}: not written", refusal.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
            Assert.Empty(_folder.Names);
        }
    }

    private void Misfit(string words, TrainedModel model, ImageSource pictures)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() =>
            OnnxFile.Write(_folder["model.onnx"], model, new ExportOptions(), pictures, _device));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
