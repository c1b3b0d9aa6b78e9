using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>Two 3×3 convolutions with batch norm and a shortcut around them.</summary>
/// <remarks>Where the shape changes, the shortcut takes every second pixel and pads the channels with zeros: option A of He, Zhang, Ren, Sun,
/// "Deep residual learning for image recognition", 2015.</remarks>
public sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly int _stride;
    private readonly int _addedChannels;

    /// <summary>Initialises as PyTorch does.</summary>
    public BasicBlock(int inputChannels, int channels, int stride)
        : base("block")
    {
        (_stride, _addedChannels) = (stride, channels - inputChannels);
        conv1 = nn.Conv2d(inputChannels, channels, 3, stride: stride, padding: 1, bias: false);
        bn1 = nn.BatchNorm2d(channels);
        conv2 = nn.Conv2d(channels, channels, 3, padding: 1, bias: false);
        bn2 = nn.BatchNorm2d(channels);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.relu(bn1.forward(conv1.forward(input)), inplace: true);
        features = bn2.forward(conv2.forward(features));
        return F.relu(features.add_(Shortcut(input)), inplace: true);
    }

    private Tensor Shortcut(Tensor input)
    {
        if (_stride == 1 && _addedChannels == 0)
        {
            return input;
        }

        TensorIndex strided = TensorIndex.Slice(step: _stride);
        Tensor subsampled = input[TensorIndex.Ellipsis, strided, strided];
        return F.pad(subsampled, [0, 0, 0, 0, _addedChannels / 2, _addedChannels - (_addedChannels / 2)]);
    }
}
