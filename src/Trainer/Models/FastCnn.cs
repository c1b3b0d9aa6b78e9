using Gimbal.Trainer.Layers;

namespace Gimbal.Trainer.Models;

/// <summary>A short, wide network that learns small images in few epochs: a convolution, three blocks of two, each halving the extents, and a linear layer.</summary>
/// <remarks>
/// The pooling comes ahead of the batch norm, so that what follows has a quarter of the pixels. After Jordan, "94% on CIFAR-10 in 3.29 seconds on a
/// single GPU", 2024, with half the width, ReLU and no whitening.
/// </remarks>
internal static class FastCnn
{
    private const int Stem = 32;
    private static readonly int[] s_widths = [64, 128, 128];

    /// <summary>Builds the network; images have 8 pixels a side or more.</summary>
    public static Layer Build(ModelShape shape)
    {
        List<(string, Layer)> layers = [("conv1", Conv(shape.Channels, Stem)), ("bn1", new BatchNorm2d(Stem)), ("relu1", new ReLU())];
        int channels = Stem;
        foreach ((int index, int width) in s_widths.Index())
        {
            layers.Add(($"block{index + 1}", Block(channels, width)));
            channels = width;
        }

        int shrunk = 1 << s_widths.Length;
        layers.Add(("pool", new MaxPool2d(new(shape.Size.H / shrunk, shape.Size.W / shrunk))));
        layers.Add(("flatten", new Flatten()));
        layers.Add(("fc", ModelCatalogue.Head(shape, channels)));
        return new Sequential(layers);
    }

    private static Sequential Block(int inChannels, int outChannels) => new(
        ("conv1", Conv(inChannels, outChannels)),
        ("pool", new MaxPool2d(2)),
        ("bn1", new BatchNorm2d(outChannels)),
        ("relu1", new ReLU()),
        ("conv2", Conv(outChannels, outChannels)),
        ("bn2", new BatchNorm2d(outChannels)),
        ("relu2", new ReLU()));

    private static Conv2d Conv(int inChannels, int outChannels) =>
        new(inChannels, outChannels, 3, padding: 1, bias: false, initializer: Initializers.HeNormal);
}
