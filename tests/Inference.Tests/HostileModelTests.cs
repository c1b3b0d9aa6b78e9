using System.Text;
using Gimbal.Export.Onnx;
using Gimbal.ExportedModels;
using Google.Protobuf;

namespace Gimbal.Inference.Tests;

/// <summary>A file that is no model of ours ends in one line, whatever it holds.</summary>
public sealed class HostileModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_empty_file_is_refused() => Refused([], "empty");

    [Fact]
    public void A_file_that_is_not_there_is_refused_by_name()
    {
        Assert.Contains("no such file", Refusal(() => ImageClassifier.Load(_folder["missing.onnx"])), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(() => ImageClassifier.Load(_folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        byte[] whole = ModelFiles.Colour;
        for (int i = 1; i < 60; i++)
        {
            Refused(whole[..(whole.Length * i / 60)]);
        }
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            byte[] noise = new byte[1 << (seed % 16)];
            new Random(seed).NextBytes(noise);
            Refused(noise);
        }
    }

    [Theory]
    [InlineData("{\"model\": \"resnet8\"}")]
    [InlineData("not a model\n")]
    [InlineData("<html><body>404</body></html>")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 314\n")]
    public void Text_is_refused(string text) => Refused(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void A_picture_is_refused() => Refused(Pictures.Noise(8, 8));

    [Fact]
    public void A_model_without_our_metadata_is_refused() =>
        Refused(ModelFiles.Changed(file => file.MetadataProps.Clear()), "not exported by Gimbal");

    [Fact]
    public void A_model_of_another_shape_than_its_metadata_is_refused()
    {
        Refused(ModelFiles.Changed(file => file.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 }), "input");
        Refused(ModelFiles.WithProperty(ModelMetadata.InputKey, "uint8-nhwc"), "input");
        Refused(ModelFiles.WithProperty(ModelMetadata.ClassesKey, "[\"a\",\"b\",\"c\"]"), "sample");
        Refused(ModelFiles.Changed(file => file.Graph.Input.Add(new ValueInfoProto(file.Graph.Input[0]) { Name = "second" })), "2 inputs");
        Refused(ModelFiles.Changed(file => file.Graph.Output.Add(new ValueInfoProto { Name = file.Graph.Node[0].Output[0] })), "2 outputs");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    public void Another_operator_set_is_refused(int opset) => Refused(ModelFiles.Changed(file => file.OpsetImport[0].Version = opset));

    [Fact]
    public void A_graph_that_makes_no_sense_is_refused()
    {
        Refused(ModelFiles.Changed(file => file.Graph.Node[0].OpType = "Launch\nMissiles"));
        Refused(ModelFiles.Changed(file => file.Graph.Node[0].Input[0] = file.Graph.Node[^1].Output[0]));
        Refused(ModelFiles.Changed(file => file.Graph.Node.RemoveAt(0)));
        Refused(ModelFiles.Changed(file => file.Graph.Initializer[0].Dims[0] = 1L << 40));
        Refused(ModelFiles.Changed(file => file.Graph.Initializer[0].Dims[0] = -1));
        Refused(ModelFiles.Changed(file => file.Graph.Initializer[0].RawData = ByteString.Empty));
        Refused(ModelFiles.Changed(file => file.Graph = null));
    }

    [Theory]
    [InlineData("/etc/hostname")]
    [InlineData("../../../../../../etc/hostname")]
    [InlineData("weights.bin")]
    public void Weights_outside_the_file_are_refused(string location)
    {
        File.WriteAllBytes(Path.Combine(Environment.CurrentDirectory, "weights.bin"), new byte[1 << 16]);
        File.WriteAllBytes(_folder["weights.bin"], new byte[1 << 16]);
        for (int i = 0; i < 4; i++)
        {
            Refused(ModelFiles.Changed(file =>
            {
                TensorProto tensor = file.Graph.Initializer[i];
                tensor.RawData = ByteString.Empty;
                tensor.DataLocation = 1;
                tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
            }));
        }
    }

    [Fact]
    public void A_graph_that_fails_when_it_runs_says_so_in_one_line()
    {
        byte[] file = ModelFiles.Changed(file =>
        {
            // Sevens can be made of seven pictures and not of two, which only a run finds out.
            foreach ((string name, long[] shape) in ((string, long[])[])[("sevens", [7, -1]), ("rows", [-1, 192])])
            {
                NodeProto reshape = Files.New(name, "Reshape");
                file.InsertBefore(file.Graph.Node[^1].Name, reshape);
                reshape.Input.Add(file.Constant($"{name}.shape", shape));
            }
        });
        using ImageClassifier model = ImageClassifier.Load(file);

        Assert.Contains("ONNX Runtime", Refusal(() => model.ClassifyBatch(ModelFiles.Pixels(2))), StringComparison.Ordinal);
        Assert.Equal(7, model.ClassifyBatch(ModelFiles.Pixels(7)).Count);
    }

    [Fact]
    public void A_graph_that_gives_another_number_of_rows_than_pictures_says_so()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Changed(file =>
        {
            NodeProto twice = Files.New("twice", "Concat");
            twice.Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 0 });
            file.InsertBehind(file.Graph.Node[^1].Name, twice);
            twice.Input.Add(twice.Input[0]);
            file.Graph.Output[0].Type.TensorType.Shape.Dim[0].DimParam = "M";
        }));

        Assert.Contains("16 values for 2 pictures", Refusal(() => model.ClassifyBatch(ModelFiles.Pixels(2))), StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_anywhere_is_refused_or_harmless()
    {
        byte[] whole = ModelFiles.Colour;
        int refused = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            Random random = new(seed);
            byte[] damaged = [.. whole];
            for (int i = 0; i < 4; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                using ImageClassifier model = ImageClassifier.Load(damaged);
                model.ClassifyBatch(ModelFiles.Pixels(2));
            }
            catch (ModelFileException e)
            {
                Assert.DoesNotContain('\n', e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, 100, 2900);
    }

    public void Dispose()
    {
        File.Delete(Path.Combine(Environment.CurrentDirectory, "weights.bin"));
        _folder.Dispose();
    }

    private static string Refusal(Func<object> action)
    {
        string message = Assert.Throws<ModelFileException>(action).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 10, 600);
        return message;
    }

    private void Refused(byte[] file, string words = "")
    {
        string path = _folder["model.onnx"];
        File.WriteAllBytes(path, file);
        string message = Refusal(() => ImageClassifier.Load(path));

        Assert.StartsWith($"{path}: ", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }
}
