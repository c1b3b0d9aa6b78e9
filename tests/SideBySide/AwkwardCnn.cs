using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>A network no kernel was made for: images of 27×31, 13 and 29 channels, a 5×5 convolution with stride 2.</summary>
public sealed class AwkwardCnn : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1 = nn.Conv2d(3, 13, 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(13);
    private readonly Conv2d conv2 = nn.Conv2d(13, 29, 5, stride: 2, padding: 2);
    private readonly Conv2d conv3 = nn.Conv2d(29, 29, 3, padding: 1);
    private readonly Linear fc = nn.Linear(29, 10);

    /// <summary>Initialises as PyTorch does.</summary>
    public AwkwardCnn()
        : base("awkward")
    {
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = F.relu(conv2.forward(features), inplace: true);
        features = F.relu(conv3.forward(features), inplace: true);
        return fc.forward(features.mean([2, 3]));
    }
}
