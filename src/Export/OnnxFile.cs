using System.Text.Json.Nodes;
using Gimbal.Export.Onnx;
using Gimbal.Inference;
using Gimbal.Trainer.Checkpoints;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;

namespace Gimbal.Export;

/// <summary>Writes model files, and only such that ONNX Runtime agrees with.</summary>
public static class OnnxFile
{
    private const int GoldenSamples = 4;

    /// <summary>Exports a network, lets ONNX Runtime check it on real pictures, and writes it.</summary>
    /// <param name="path">Target; replaced whole or not at all.</param>
    /// <param name="model">What to export.</param>
    /// <param name="options">In which form.</param>
    /// <param name="samples">Pictures the model was not fitted to: the test set or a part of it. The first ones travel in the file for the self-test.</param>
    /// <param name="device">The trainer's device, for the reference.</param>
    /// <exception cref="ParityException">ONNX Runtime does not agree, or weights or outputs are not finite; nothing was written.</exception>
    /// <exception cref="ArgumentException">Classes, normalisation or pictures do not fit the network.</exception>
    /// <exception cref="DiskException">The file could not be written.</exception>
    public static ParityReport Write(string path, TrainedModel model, ExportOptions options, ImageSource samples, Device device)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(samples);
        RequireFit(model, samples);
        RequireFinite(path, model);
        ParityGate gate = new(model, samples, device, options.Output);
        if (!gate.IsFinite)
        {
            throw new ParityException(path, "the trainer's own outputs overflow: the training diverged; train again with a smaller learning rate or --clip");
        }

        ModelProto proto = OnnxExporter.Export(model, options, Metadata(model, options, samples, gate).ToProperties());
        return Publish(path, proto, model, samples, gate, device);
    }

    /// <summary>Compares an existing file with the network it came from, again.</summary>
    /// <exception cref="ModelFileException">The file cannot be loaded or run, or is for other pictures or classes than the network.</exception>
    /// <exception cref="ArgumentException">Classes, normalisation or pictures do not fit the network.</exception>
    public static ParityReport Verify(string path, TrainedModel model, ImageSource samples, Device device)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        RequireFit(model, samples);
        using ImageClassifier file = ImageClassifier.Load(path);
        ModelMetadata metadata = file.Metadata;
        if ((metadata.Channels, metadata.Height, metadata.Width) != model.Network.ImageSize || !metadata.Classes.SequenceEqual(model.Classes))
        {
            throw new ModelFileException(
                $"{path}: {metadata.Channels}x{metadata.Height}x{metadata.Width} pictures of {metadata.Classes.Count} classes are not those of {model.Network.Name}: the file comes from another run");
        }

        ParityReport report = new ParityGate(model, samples, device, metadata.Output).Compare(file);
        return report.Passed ? report : Locate(report, ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), model, samples, device);
    }

    /// <summary>Accuracy of a file on labelled pictures, 0 to 1.</summary>
    public static double Accuracy(ImageClassifier file, ImageSource samples)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(samples);
        byte[] pixels = new byte[samples.PixelBytes];
        int correct = 0;
        for (int i = 0; i < samples.Count; i++)
        {
            samples.Read(i, pixels);
            correct += file.ClassifyBatch(pixels)[0].Best.Index == samples.Label(i) ? 1 : 0;
        }

        return (double)correct / samples.Count;
    }

    /// <summary>Checks a finished file and writes it.</summary>
    internal static ParityReport Publish(string path, ModelProto proto, TrainedModel model, ImageSource samples, ParityGate gate, Device device)
    {
        byte[] content = proto.ToByteArray();
        ParityReport report;
        try
        {
            using ImageClassifier file = ImageClassifier.Load(content);
            report = gate.Compare(file);
        }
        catch (ModelFileException e)
        {
            throw new ParityException(path, e.Message, e);
        }

        if (!report.Passed)
        {
            throw new ParityException(path, Locate(report, proto, model, samples, device));
        }

        DurableFile.Write(path, content);
        return report;
    }

    internal static ModelMetadata Metadata(TrainedModel model, ExportOptions options, ImageSource samples, ParityGate gate)
    {
        (int channels, int height, int width) = model.Network.ImageSize;
        return new ModelMetadata(
            model.Classes,
            options.Input,
            options.Output,
            channels,
            height,
            width,
            model.Normalization.Mean,
            model.Normalization.Std,
            [.. Enumerable.Range(0, Math.Min(GoldenSamples, samples.Count)).Select(i => Golden(samples, i, gate))],
            gate.GoldenTolerance,
            ((JsonObject)model.Facts.DeepClone()).ToJsonString());
    }

    private static ParityReport Locate(ParityReport report, ModelProto proto, TrainedModel model, ImageSource samples, Device device) =>
        report with { FirstDivergentNode = Divergence.FirstNode(proto, model, samples, report.WorstSample, device) ?? OnnxExporter.OutputName };

    private static void RequireFit(TrainedModel model, ImageSource samples)
    {
        (int channels, int height, int width) = model.Network.ImageSize;
        if (model.Classes.Count != model.Network.Classes)
        {
            throw new ArgumentException($"{model.Classes.Count} class names for the {model.Network.Classes} outputs of {model.Network.Name}", nameof(model));
        }

        if (model.Normalization.Mean.Count != channels || model.Normalization.Std.Count != channels)
        {
            throw new ArgumentException($"the normalisation is not for the {channels} channels of {model.Network.Name}", nameof(model));
        }

        if (samples.Count < 1 || (samples.Channels, samples.Height, samples.Width) != (channels, height, width))
        {
            throw new ArgumentException(
                $"{samples.Count} pictures of {samples.Channels}x{samples.Height}x{samples.Width}; {model.Network.Name} wants some of {channels}x{height}x{width}", nameof(samples));
        }
    }

    private static void RequireFinite(string path, TrainedModel model)
    {
        foreach ((string name, Tensor weight) in model.Weights)
        {
            if (weight.Span.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
            {
                throw new ParityException(path, $"{name} holds values that are not finite: the training diverged; train again with a smaller learning rate or --clip");
            }
        }
    }

    private static GoldenSample Golden(ImageSource samples, int index, ParityGate gate)
    {
        byte[] pixels = new byte[samples.PixelBytes];
        samples.Read(index, pixels);
        return new GoldenSample(pixels, gate.ReferenceOf(index));
    }
}
