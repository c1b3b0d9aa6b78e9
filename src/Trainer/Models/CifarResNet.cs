using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;

namespace Gimbal.Trainer.Models;

/// <summary>Whether blocks add their input.</summary>
internal enum Skip
{
    /// <summary>Plain network.</summary>
    No,

    /// <summary>Residual network.</summary>
    Yes,
}

/// <summary>The residual and plain networks of He, Zhang, Ren, Sun 2016 (section 4.2) for small images: depth 6n + 2, widths 16, 32, 64.</summary>
/// <remarks>Shortcuts have no parameters: where the width doubles, every other pixel is taken and channels of zeros are added on both sides.</remarks>
internal static class CifarResNet
{
    private static readonly int[] s_widths = [16, 32, 64];

    /// <summary>Builds a network of <paramref name="depth"/> weighted layers.</summary>
    public static Layer Build(ModelShape shape, int depth, Skip skip)
    {
        List<(string, Layer)> layers =
        [
            ("conv1", new Conv2d(shape.Channels, s_widths[0], 3, padding: 1, bias: false, initializer: Initializers.HeNormal)),
            ("bn1", new BatchNorm2d(s_widths[0])),
            ("relu", new ReLU()),
        ];
        int channels = s_widths[0];
        for (int stage = 0; stage < s_widths.Length; stage++)
        {
            List<Layer> blocks = [];
            for (int block = 0; block < (depth - 2) / 6; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                blocks.Add(Block(channels, s_widths[stage], stride, skip));
                channels = s_widths[stage];
            }

            layers.Add(($"layer{stage + 1}", new Sequential(blocks)));
        }

        layers.Add(("avgpool", new GlobalAvgPool2d()));
        layers.Add(("flatten", new Layers.Flatten()));
        layers.Add(("fc", ModelCatalogue.Head(shape, channels)));
        return new Sequential(layers);
    }

    private static Sequential Block(int inChannels, int outChannels, int stride, Skip skip)
    {
        Sequential body = new(
            ("conv1", new Conv2d(inChannels, outChannels, 3, stride, 1, bias: false, initializer: Initializers.HeNormal)),
            ("bn1", new BatchNorm2d(outChannels)),
            ("relu1", new ReLU()),
            ("conv2", new Conv2d(outChannels, outChannels, 3, padding: 1, bias: false, initializer: Initializers.HeNormal)),
            ("bn2", new BatchNorm2d(outChannels)));
        return Unscoped(skip == Skip.No ? body : new Residual(body, stride == 1 ? null : new Shrink(stride, outChannels - inChannels)));
    }

    // The block's own name is the scope; its parts add nothing to the path, so parameters read layer1.0.conv1.weight.
    private static Sequential Unscoped(Layer body) => new((string.Empty, body), ("relu2", new ReLU()));

    private sealed class Shrink(int stride, int addedChannels) : Layer
    {
        public override Value Build(GraphBuilder graph, Value x) => graph.Add(
            new Pad(0, addedChannels / 2, addedChannels - (addedChannels / 2)), graph.Add(new Subsample(stride), x));
    }
}
