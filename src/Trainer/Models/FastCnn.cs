using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Models;

/// <summary>A short, wide network that learns small images in few epochs: a convolution, three blocks of two, each halving the extents, and a linear layer.</summary>
/// <remarks>
/// The pooling comes ahead of the batch norm, so that what follows has a quarter of the pixels; all convolutions but the first begin by passing channels on.
/// After Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU", 2024, with half the width in the first blocks and ReLU.
/// </remarks>
internal static class FastCnn
{
    private const int Stem = 32;
    // As long as one of He's is on average.
    private static readonly Initializer s_passing = new Dirac(MathF.Sqrt(2));
    private static readonly int[] s_widths = [64, 128, 256];

    /// <summary>Builds the network; images have 8 pixels a side or more.</summary>
    public static Layer Build(ModelShape shape)
    {
        List<(string, Layer)> layers = [("conv1", Conv(shape.Channels, Stem, Initializers.HeNormal)), ("bn1", new BatchNorm2d(Stem)), ("relu1", new ReLU())];
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
        ("conv1", Conv(inChannels, outChannels, s_passing)),
        ("pool", new MaxPool2d(2)),
        ("bn1", new BatchNorm2d(outChannels)),
        ("relu1", new ReLU()),
        ("conv2", Conv(outChannels, outChannels, s_passing)),
        ("bn2", new BatchNorm2d(outChannels)),
        ("relu2", new ReLU()));

    private static Conv2d Conv(int inChannels, int outChannels, Initializer initializer) =>
        new(inChannels, outChannels, 3, padding: 1, bias: false, initializer: initializer);
}
