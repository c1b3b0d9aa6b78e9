using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Gimbal.Export;
using Gimbal.Export.Onnx;
using Gimbal.ExportedModels;

namespace Gimbal.Inference.Tests;

/// <summary>The golden samples inside a file catch what changed since it was verified.</summary>
public sealed class SelfTestTests
{
    [Theory]
    [InlineData(InputForm.FloatNchw, OutputForm.Logits)]
    [InlineData(InputForm.UInt8Nhwc, OutputForm.Logits)]
    [InlineData(InputForm.FloatNchw, OutputForm.Probabilities)]
    public void A_file_as_it_was_exported_passes(InputForm input, OutputForm output)
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Export(3, new ExportOptions { Input = input, Output = output }));

        model.SelfTest();
        Assert.Equal(4, model.Metadata.Golden.Count);
    }

    [Fact]
    public void Altered_weights_are_caught() => Fails(ModelFiles.Changed(file => file.Change("1.bias", (values, _) => [values[0] + 0.01f, .. values[1..]])));

    [Fact]
    public void An_altered_attribute_is_caught() => Fails(ModelFiles.Changed(file => file.Graph.Node[0].SetInts("pads", 0, 0, 2, 2)));

    [Fact]
    public void Altered_preprocessing_is_caught() => Fails(ModelFiles.WithProperty(ModelMetadata.MeanKey, "[0.5,0.5,0.5]"));

    [Fact]
    public void One_output_that_is_not_a_number_is_caught() => Fails(ModelFiles.Changed(file => file.Change("4.bias", (values, _) => [float.NaN, .. values[1..]])));

    [Fact]
    public void Altered_golden_outputs_are_caught() => Fails(ModelFiles.WithProperty(ModelMetadata.GoldenKey, ChangedSample((sample, outputs) =>
    {
        BinaryPrimitives.WriteSingleLittleEndian(outputs, BinaryPrimitives.ReadSingleLittleEndian(outputs) + 0.01f);
        sample["outputs"] = Convert.ToBase64String(outputs);
    })));

    [Fact]
    public void A_file_without_samples_fails_rather_than_passing_unseen() => Fails(ModelFiles.WithProperty(ModelMetadata.GoldenKey, "[]"), "no golden samples");

    private static void Fails(byte[] file, string words = "differs by")
    {
        using ImageClassifier model = ImageClassifier.Load(file);
        SelfTestException failure = Assert.Throws<SelfTestException>(model.SelfTest);

        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static string ChangedSample(Action<JsonObject, byte[]> change)
    {
        ModelProto file = ModelProto.Parser.ParseFrom(ModelFiles.Colour);
        JsonArray samples = JsonNode.Parse(file.MetadataProps.Single(p => p.Key == ModelMetadata.GoldenKey).Value)!.AsArray();
        JsonObject last = samples[^1]!.AsObject();
        change(last, Convert.FromBase64String((string)last["outputs"]!));
        return samples.ToJsonString();
    }
}
