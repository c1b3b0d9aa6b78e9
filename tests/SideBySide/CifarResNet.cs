using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>The ResNet of depth 6n + 2 for 32×32 images: three stages of n blocks with 16, 32 and 64 channels.</summary>
public sealed class CifarResNet : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1 = nn.Conv2d(3, 16, 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(16);
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear fc = nn.Linear(64, 10);

    /// <summary>Initialises as PyTorch does.</summary>
    /// <param name="blocks">Blocks per stage; 3 gives ResNet-20.</param>
    public CifarResNet(int blocks)
        : base($"resnet{(6 * blocks) + 2}")
    {
        layer1 = Stage(16, 16, blocks);
        layer2 = Stage(16, 32, blocks);
        layer3 = Stage(32, 64, blocks);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = layer3.forward(layer2.forward(layer1.forward(features)));
        return fc.forward(features.mean([2, 3]));
    }

    private static Sequential Stage(int inputChannels, int channels, int blocks) =>
        nn.Sequential(Enumerable.Range(0, blocks).Select(nn.Module<Tensor, Tensor> (i) =>
            i == 0 ? new BasicBlock(inputChannels, channels, channels / inputChannels) : new BasicBlock(channels, channels, 1)));
}
