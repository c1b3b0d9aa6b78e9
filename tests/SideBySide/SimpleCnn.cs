using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>Two 3×3 convolutions (64 and 128 channels), each with ReLU and 2×2 max-pooling, then 8192-512-10 fully connected; images of 3×32×32.</summary>
public sealed class SimpleCnn : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Conv2d conv1 = nn.Conv2d(3, 64, 3, padding: 1);
    private readonly Conv2d conv2 = nn.Conv2d(64, 128, 3, padding: 1);
    private readonly Linear fc1 = nn.Linear(128 * 8 * 8, 512);
    private readonly Linear fc2 = nn.Linear(512, 10);

    /// <summary>Initialises as PyTorch does.</summary>
    public SimpleCnn()
        : base("simple-cnn")
    {
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor features = F.max_pool2d(F.relu(conv1.forward(input), inplace: true), 2);
        features = F.max_pool2d(F.relu(conv2.forward(features), inplace: true), 2);
        return fc2.forward(F.relu(fc1.forward(features.flatten(1)), inplace: true));
    }
}
