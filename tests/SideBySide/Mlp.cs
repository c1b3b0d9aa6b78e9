using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Gimbal.SideBySide;

/// <summary>Two hidden layers of 512 with ReLU; images of 3×32×32.</summary>
public sealed class Mlp : nn.Module<Tensor, Tensor>
{
    // TorchSharp names parameters after these fields; PyTorch's names follow.
    private readonly Linear fc1 = nn.Linear(3 * 32 * 32, 512);
    private readonly Linear fc2 = nn.Linear(512, 512);
    private readonly Linear fc3 = nn.Linear(512, 10);

    /// <summary>Initialises as PyTorch does.</summary>
    public Mlp()
        : base("mlp")
    {
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        Tensor hidden = F.relu(fc1.forward(input.flatten(1)), inplace: true);
        return fc3.forward(F.relu(fc2.forward(hidden), inplace: true));
    }
}
