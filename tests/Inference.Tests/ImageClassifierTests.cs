using Gimbal.Export;
using Gimbal.ExportedModels;
using SkiaSharp;

namespace Gimbal.Inference.Tests;

/// <summary>What an app does with a model.</summary>
public sealed class ImageClassifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Three_lines_load_test_and_classify()
    {
        File.WriteAllBytes(_folder["model.onnx"], ModelFiles.Colour);
        File.WriteAllBytes(_folder["photo.jpg"], Pictures.Encode(30, 40, (y, x) => new SKColor((byte)(4 * y), (byte)(4 * x), 128), SKEncodedImageFormat.Jpeg));

        using ImageClassifier model = ImageClassifier.Load(_folder["model.onnx"]);
        model.SelfTest();
        string label = model.Classify(_folder["photo.jpg"]).Best.Label;

        Assert.Contains(label, model.Classes);
        Assert.Equal(ExecutionProvider.Cpu, model.Provider);
    }

    [Theory]
    [InlineData(3, InputForm.FloatNchw, OutputForm.Logits)]
    [InlineData(3, InputForm.UInt8Nhwc, OutputForm.Probabilities)]
    [InlineData(1, InputForm.FloatNchw, OutputForm.Probabilities)]
    [InlineData(1, InputForm.UInt8Nhwc, OutputForm.Logits)]
    public void Every_way_to_hand_over_a_picture_gives_the_same_answer(int channels, InputForm input, OutputForm output)
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Export(channels, new ExportOptions { Input = input, Output = output }));
        byte[] pixels = ModelFiles.Pixels(3, channels);
        int length = pixels.Length / 3;
        IReadOnlyList<Classification> batch = model.ClassifyBatch(pixels);

        Assert.Equal(3, batch.Count);
        for (int i = 0; i < 3; i++)
        {
            byte[] own = pixels[(i * length)..((i + 1) * length)];
            byte[] encoded = Encode(own, channels);
            File.WriteAllBytes(_folder["picture.png"], encoded);
            float[] outputs = new float[4];
            model.RunPixels(own, outputs);

            // One picture at a time takes other kernels than three: rounding may differ, a wrong picture differs by tenths.
            foreach (IReadOnlyList<float> alone in (IReadOnlyList<float>[])[
                outputs, model.Classify(own, ModelFiles.Size.H, ModelFiles.Size.W).Outputs, model.Classify(encoded).Outputs, model.Classify(_folder["picture.png"]).Outputs])
            {
                Assert.Equal(4, alone.Count);
                Assert.All(alone.Zip(batch[i].Outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
            }
        }

        Assert.True(Math.Abs(batch[0].Outputs[0] - batch[1].Outputs[0]) > 1e-3, "different pictures give different answers");
    }

    [Theory]
    [InlineData(OutputForm.Logits)]
    [InlineData(OutputForm.Probabilities)]
    public void Classes_come_with_probabilities_the_likeliest_first(OutputForm output)
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Export(3, new ExportOptions { Output = output }));
        Classification answer = model.ClassifyBatch(ModelFiles.Pixels(1))[0];

        Assert.Equal(1, answer.All.Sum(p => p.Probability), 1e-5);
        Assert.Equal(answer.All.OrderByDescending(p => p.Probability), answer.All);
        Assert.Equal(answer.Outputs.Max(), answer.Outputs[answer.Best.Index]);
        Assert.All(answer.All, p => Assert.Equal(model.Classes[p.Index], p.Label));
        double expected = output == OutputForm.Probabilities
            ? answer.Outputs[1]
            : Math.Exp(answer.Outputs[1]) / answer.Outputs.Sum(o => Math.Exp(o));
        Assert.Equal(expected, answer.All.Single(p => p.Index == 1).Probability, 1e-6);
    }

    [Fact]
    public void A_graph_with_float_input_takes_normalised_pictures_too()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        byte[] pixels = ModelFiles.Pixels(1);
        int plane = ModelFiles.Size.H * ModelFiles.Size.W;
        float[] images = [.. Enumerable.Range(0, 3 * plane).Select(i =>
            ((pixels[(i % plane * 3) + (i / plane)] / 255f) - model.Metadata.Mean[i / plane]) / model.Metadata.Std[i / plane])];
        float[] expected = new float[4];
        float[] actual = new float[4];

        model.RunPixels(pixels, expected);
        model.RunNormalized(images, actual);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_graph_that_normalises_itself_takes_no_normalised_pictures()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Export(3, new ExportOptions { Input = InputForm.UInt8Nhwc }));

        Assert.Throws<InvalidOperationException>(() => model.RunNormalized(new float[288], new float[4]));
    }

    [Fact]
    public void Many_threads_get_the_answers_one_thread_gets()
    {
        const int Count = 64;
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        byte[][] pictures = [.. Enumerable.Range(0, Count).Select(i => Pictures.Noise(9 + (i % 5), 14, seed: i))];
        IReadOnlyList<float>[] alone = [.. pictures.Select(picture => model.Classify(picture).Outputs)];
        IReadOnlyList<float>[] together = new IReadOnlyList<float>[Count * 8];

        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i => together[i] = model.Classify(pictures[i % Count]).Outputs);

        Assert.All(together.Select((outputs, i) => (outputs, i)), pair => Assert.Equal(alone[pair.i % Count], pair.outputs));
        Assert.NotEqual(alone[0], alone[1]);
    }

    [Fact]
    public void Pixels_that_are_no_whole_pictures_are_refused()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        using ImageClassifier raw = ImageClassifier.Load(ModelFiles.Export(3, new ExportOptions { Input = InputForm.UInt8Nhwc }));
        foreach (ImageClassifier each in (ImageClassifier[])[model, raw])
        {
            Assert.Throws<ArgumentException>(() => each.ClassifyBatch([]));
            Assert.Throws<ArgumentException>(() => each.ClassifyBatch(new byte[287]));
            Assert.Throws<ArgumentException>(() => each.RunPixels(new byte[289], new float[4]));
            Assert.Throws<ArgumentException>(() => each.RunPixels(new byte[288], new float[3]));
            Assert.Throws<ArgumentException>(() => each.RunPixels(new byte[288], new float[5]));
            Assert.Throws<ArgumentException>(() => each.RunPixels([], []));
            Assert.Throws<ArgumentException>(() => each.Classify(new byte[10], 2, 2));
            Assert.Throws<ArgumentOutOfRangeException>(() => each.Classify([], 0, 2));
        }

        Assert.Throws<ArgumentException>(() => model.RunNormalized(new float[287], new float[4]));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_named()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        File.WriteAllText(_folder["text.jpg"], "not a picture");

        Assert.StartsWith(_folder["missing.jpg"], Assert.Throws<InvalidDataException>(() => model.Classify(_folder["missing.jpg"])).Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder["text.jpg"], Assert.Throws<InvalidDataException>(() => model.Classify(_folder["text.jpg"])).Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.Path, Assert.Throws<InvalidDataException>(() => model.Classify(_folder.Path)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => model.Classify((ReadOnlySpan<byte>)[]));
    }

    [Fact]
    public void A_classifier_that_was_disposed_of_says_so()
    {
        ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour);
        model.Dispose();
        model.Dispose();

        Assert.Throws<ObjectDisposedException>(() => model.ClassifyBatch(ModelFiles.Pixels(1)));
        Assert.Throws<ObjectDisposedException>(model.SelfTest);
        Assert.Equal(4, model.Classes.Count);
    }

    [Fact]
    public void A_provider_that_is_not_there_is_refused_or_replaced_as_asked()
    {
        using ImageClassifier model = ImageClassifier.Load(ModelFiles.Colour, new ImageClassifierOptions { Provider = ExecutionProvider.CudaIfAvailable, Threads = 1 });
        model.SelfTest();

        if (model.Provider == ExecutionProvider.Cpu)
        {
            PlatformNotSupportedException refusal = Assert.Throws<PlatformNotSupportedException>(() =>
                ImageClassifier.Load(ModelFiles.Colour, new ImageClassifierOptions { Provider = ExecutionProvider.Cuda }));
            Assert.DoesNotContain('\n', refusal.Message);
            Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", refusal.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Encode(byte[] pixels, int channels) => Pictures.Encode(ModelFiles.Size.H, ModelFiles.Size.W, (y, x) =>
    {
        int at = ((y * ModelFiles.Size.W) + x) * channels;
        return new SKColor(pixels[at], pixels[at + channels - 1 - (channels / 2)], pixels[at + channels - 1]);
    });
}
