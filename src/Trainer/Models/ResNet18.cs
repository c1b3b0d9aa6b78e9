using Gimbal.Trainer.Layers;

namespace Gimbal.Trainer.Models;

/// <summary>ResNet-18 (He et al. 2016): the 3x3 stem for images up to 64 pixels, the 7x7 stem with max-pooling for larger ones.</summary>
/// <remarks>Parameter names are torchvision's.</remarks>
internal static class ResNet18
{
    private const int LargestSmallImage = 64;
    private static readonly int[] s_widths = [64, 128, 256, 512];

    /// <summary>Builds the network.</summary>
    public static Layer Build(ModelShape shape)
    {
        bool isSmall = Math.Max(shape.Size.H, shape.Size.W) <= LargestSmallImage;
        List<(string, Layer)> layers =
        [
            ("conv1", isSmall ? Conv(shape.Channels, s_widths[0], 3, 1, 1) : Conv(shape.Channels, s_widths[0], 7, 2, 3)),
            ("bn1", new BatchNorm2d(s_widths[0])),
            ("relu", new ReLU()),
        ];
        if (!isSmall)
        {
            layers.Add(("maxpool", new MaxPool2d(3, 2, 1)));
        }

        int channels = s_widths[0];
        for (int stage = 0; stage < s_widths.Length; stage++)
        {
            Layer first = Block(channels, s_widths[stage], stage == 0 ? 1 : 2);
            channels = s_widths[stage];
            layers.Add(($"layer{stage + 1}", new Sequential(first, Block(channels, channels, 1))));
        }

        layers.Add(("avgpool", new GlobalAvgPool2d()));
        layers.Add(("flatten", new Flatten()));
        layers.Add(("fc", ModelCatalogue.Head(shape, channels)));
        return new Sequential(layers);
    }

    private static Sequential Block(int inChannels, int outChannels, int stride)
    {
        Sequential body = new(
            ("conv1", Conv(inChannels, outChannels, 3, stride, 1)),
            ("bn1", new BatchNorm2d(outChannels)),
            ("relu1", new ReLU()),
            ("conv2", Conv(outChannels, outChannels, 3, 1, 1)),
            ("bn2", new BatchNorm2d(outChannels)));
        Sequential? projection = stride == 1 && inChannels == outChannels
            ? null
            : new Sequential(Conv(inChannels, outChannels, 1, stride, 0), new BatchNorm2d(outChannels));
        return new Sequential((string.Empty, new Residual(body, projection, "downsample")), ("relu2", new ReLU()));
    }

    private static Conv2d Conv(int inChannels, int outChannels, int kernel, int stride, int padding) =>
        new(inChannels, outChannels, kernel, stride, padding, bias: false, initializer: Initializers.HeNormal);
}
