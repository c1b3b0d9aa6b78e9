using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>A convolution of 32 channels and three blocks of two, of 64, 128 and 256 channels, each halving the extents ahead of its first batch norm; 32×32 images.</summary>
public sealed class FastCnn : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1 = nn.Conv2d(3, 32, 3, padding: 1, bias: false);
    private readonly BatchNorm2d bn1 = nn.BatchNorm2d(32);
    private readonly FastBlock block1 = new(32, 64);
    private readonly FastBlock block2 = new(64, 128);
    private readonly FastBlock block3 = new(128, 256);
    private readonly Linear fc = nn.Linear(256, 10);

    /// <summary>Initialises as PyTorch does.</summary>
    public FastCnn()
        : base("fast-cnn")
    {
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = block3.forward(block2.forward(block1.forward(features)));
        return fc.forward(F.max_pool2d(features, 4).flatten(1));
    }

    private sealed class FastBlock : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d conv1;
        private readonly BatchNorm2d bn1;
        private readonly Conv2d conv2;
        private readonly BatchNorm2d bn2;

        public FastBlock(int inputChannels, int channels)
            : base("block")
        {
            conv1 = nn.Conv2d(inputChannels, channels, 3, padding: 1, bias: false);
            bn1 = nn.BatchNorm2d(channels);
            conv2 = nn.Conv2d(channels, channels, 3, padding: 1, bias: false);
            bn2 = nn.BatchNorm2d(channels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor features = F.relu(bn1.forward(F.max_pool2d(conv1.forward(input), 2)), inplace: true);
            return F.relu(bn2.forward(conv2.forward(features)), inplace: true);
        }
    }
}
