using Gimbal.Export;
using Gimbal.Export.Onnx;
using Gimbal.ExportedModels;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Google.Protobuf;

namespace Gimbal.Inference.Tests;

/// <summary>Model files as the exporter writes them, and changed ones.</summary>
internal static class ModelFiles
{
    /// <summary>Rows and columns of the models' pictures.</summary>
    public static readonly Size2 Size = new(8, 12);

    private static readonly Lazy<byte[]> Model = new(() => Export(channels: 3, new ExportOptions()));

    /// <summary>A colour model with float input and logits.</summary>
    public static byte[] Colour => Model.Value;

    /// <summary>Exports a small convolutional network with four classes.</summary>
    public static byte[] Export(int channels, ExportOptions options)
    {
        Network network = Network.Create(
            "small",
            new Sequential(
                new Conv2d(channels, 8, 3, stride: 2, padding: 1, bias: false),
                new BatchNorm2d(8),
                new ReLU(),
                new Flatten(),
                new Linear(8 * 4 * 6, 4, initializer: Initializers.HeNormal)),
            channels,
            Size);
        using TemporaryFolder folder = new();
        using CpuDevice device = new(threads: 1);
        OnnxFile.Write(folder["model.onnx"], RandomModel.Of(network), options, RandomModel.Pictures(network, 20), device);
        return File.ReadAllBytes(folder["model.onnx"]);
    }

    /// <summary>The colour model with a change.</summary>
    public static byte[] Changed(Action<ModelProto> change)
    {
        ModelProto file = ModelProto.Parser.ParseFrom(Colour);
        change(file);
        return file.ToByteArray();
    }

    /// <summary>The colour model with one metadata property changed; null takes it out.</summary>
    public static byte[] WithProperty(string key, string? value) => Changed(file =>
    {
        StringStringEntryProto property = file.MetadataProps.Single(p => p.Key == key);
        if (value is null)
        {
            file.MetadataProps.Remove(property);
        }
        else
        {
            property.Value = value;
        }
    });

    /// <summary>Pixels of pictures of the model's size, one after the other.</summary>
    public static byte[] Pixels(int count, int channels = 3, int seed = 1)
    {
        byte[] pixels = new byte[count * Size.H * Size.W * channels];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
