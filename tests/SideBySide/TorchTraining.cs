using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Gimbal.SideBySide;

/// <summary>A network and its optimiser in libtorch, trained a batch at a time as a TorchSharp user would write it.</summary>
public sealed class TorchTraining : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _network;
    private readonly Parameter[] _parameters;
    private readonly optim.Optimizer _optimizer;
    private readonly Recipe _recipe;

    /// <summary>Initialises the network as PyTorch does.</summary>
    /// <param name="model">One of <see cref="PairedModel.All"/>.</param>
    /// <param name="layout">Storage order of images and filters.</param>
    /// <param name="type">What is computed in; omitted: float32.</param>
    public TorchTraining(string model, MemoryLayout layout = MemoryLayout.Nchw, ScalarType type = ScalarType.Float32)
    {
        _network = PairedModel.Of(model).Torch();
        _recipe = Recipe.Of(model);
        _network.to(type);
        StoreFilters(layout);
        _network.train();
        _parameters = [.. _network.parameters()];
        _optimizer = _recipe.UsesSgd ? NewSgd() : optim.Adam(_parameters, _recipe.Rate);
    }

    /// <summary>Parameters and buffers by PyTorch's names.</summary>
    public IReadOnlyDictionary<string, Tensor> State => _network.state_dict();

    /// <summary>Takes over the parameters and buffers of another network of the same model.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var frozen = no_grad();
        foreach ((string name, Tensor own) in State)
        {
            own.copy_(state[name]);
        }
    }

    /// <summary>Trains on one batch and returns its loss, the mean softmax cross-entropy before the update.</summary>
    /// <param name="images">N, 3 and the model's rows and columns.</param>
    /// <param name="labels">N, 64-bit integers in 0 … 9.</param>
    public float Step(Tensor images, Tensor labels)
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(_network.forward(images), labels, label_smoothing: _recipe.LabelSmoothing);
        loss.backward();
        if (_recipe.LargestNorm is { } limit)
        {
            nn.utils.clip_grad_norm_(_parameters, limit);
        }

        _optimizer.step();
        return loss.to(ScalarType.Float32).item<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        _network.Dispose();
    }

    private void StoreFilters(MemoryLayout layout)
    {
        if (layout == MemoryLayout.Nchw)
        {
            return;
        }

        using var frozen = no_grad();
        foreach (Conv2d convolution in _network.modules().OfType<Conv2d>())
        {
            convolution.weight = nn.Parameter(convolution.weight!.detach().In(layout));
        }
    }

    private SGD NewSgd()
    {
        SGD.ParamGroup Group(bool decays) => new(
            _parameters.Where(p => p.dim() > 1 == decays), _recipe.Rate, _recipe.Momentum, weight_decay: decays ? _recipe.Decay : 0, nesterov: _recipe.IsNesterov);
        return optim.SGD([Group(true), Group(false)], _recipe.Rate);
    }
}
