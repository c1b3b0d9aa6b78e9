using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>ResNet-18 (He et al. 2016), as torchvision has it for photos and with a 3×3 stem for images of 32 pixels.</summary>
public sealed class ResNet18 : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(64);
    private readonly Sequential layer1 = Stage(64, 64);
    private readonly Sequential layer2 = Stage(64, 128);
    private readonly Sequential layer3 = Stage(128, 256);
    private readonly Sequential layer4 = Stage(256, 512);
    private readonly Linear fc = nn.Linear(512, 10);
    private readonly bool _isSmall;

    /// <summary>Initialises as PyTorch does.</summary>
    /// <param name="isSmall">The 3×3 stem without pooling in place of the 7×7 one.</param>
    public ResNet18(bool isSmall)
        : base("resnet18")
    {
        _isSmall = isSmall;
        conv1 = isSmall ? nn.Conv2d(3, 64, 3, padding: 1, bias: false) : nn.Conv2d(3, 64, 7, stride: 2, padding: 3, bias: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = _isSmall ? features : F.max_pool2d(features, 3, 2, 1);
        features = layer4.forward(layer3.forward(layer2.forward(layer1.forward(features))));
        return fc.forward(features.mean([2, 3]));
    }

    private static Sequential Stage(int inputChannels, int channels) =>
        nn.Sequential(new ProjectionBlock(inputChannels, channels), new ProjectionBlock(channels, channels));
}
