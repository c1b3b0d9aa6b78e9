using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Gimbal.Torch;

/// <summary>A network and its optimiser in libtorch, trained a batch at a time as a TorchSharp user would write it.</summary>
/// <remarks>simple-cnn: Adam with rate 0.001. resnet20: SGD with rate 0.05, momentum 0.9, weight decay 0.0001, gradients clipped to norm 1.</remarks>
public sealed class TorchTraining : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Parameter[] _parameters;
    private readonly optim.Optimizer _optimizer;
    private readonly double? _largestNorm;
    private readonly MemoryLayout _layout;

    /// <summary>Initialises the network as PyTorch does.</summary>
    /// <param name="model"><c>simple-cnn</c> or <c>resnet20</c>.</param>
    /// <param name="layout">Storage order of images and filters.</param>
    public TorchTraining(string model, MemoryLayout layout = MemoryLayout.Nchw)
    {
        _network = model switch
        {
            "simple-cnn" => new SimpleCnn(),
            "resnet20" => new CifarResNet(3),
            _ => throw new ArgumentException($"{model}: unknown model (want simple-cnn or resnet20)", nameof(model)),
        };
        _layout = layout;
        StoreFilters();
        _network.train();
        _parameters = [.. _network.parameters()];
        _largestNorm = model == "resnet20" ? 1.0 : null;
        _optimizer = model == "resnet20"
            ? optim.SGD(_parameters, 0.05, momentum: 0.9, weight_decay: 1e-4)
            : optim.Adam(_parameters, 1e-3);
    }

    /// <summary>Parameters and buffers by PyTorch's names.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _network.state_dict();

    /// <summary>Trains on one batch and returns its loss, the mean softmax cross-entropy before the update.</summary>
    /// <param name="images">N, 3, 32, 32.</param>
    /// <param name="labels">N, 64-bit integers in 0 … 9.</param>
    public float Step(Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(_network.forward(images), labels);
        loss.backward();
        if (_largestNorm is { } norm)
        {
            nn.utils.clip_grad_norm_(_parameters, norm);
        }

        _optimizer.step();
        return loss.item<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }

    private void StoreFilters()
    {
        using var frozen = no_grad();
        foreach (Conv2d convolution in _network.modules().OfType<Conv2d>())
        {
            convolution.weight = nn.Parameter(convolution.weight!.detach().In(_layout));
        }
    }
}
