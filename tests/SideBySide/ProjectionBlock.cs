using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>Two 3×3 convolutions with batch norm and a shortcut; where the number of channels changes the stride is 2, and the shortcut a 1×1 convolution with batch norm: option B.</summary>
public sealed class ProjectionBlock : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly Sequential? downsample;

    /// <summary>Initialises as PyTorch does.</summary>
    public ProjectionBlock(int inputChannels, int channels)
        : base("block")
    {
        int stride = inputChannels == channels ? 1 : 2;
        conv1 = nn.Conv2d(inputChannels, channels, 3, stride: stride, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(channels);
        conv2 = nn.Conv2d(channels, channels, 3, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(channels);
        downsample = stride == 1 ? null : nn.Sequential(nn.Conv2d(inputChannels, channels, 1, stride: stride, bias: false), nn.BatchNorm2d(channels));
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = bn2.forward(conv2.forward(features));
        return F.relu(features.add_(downsample is null ? input : downsample.forward(input)), inplace: true);
    }
}
