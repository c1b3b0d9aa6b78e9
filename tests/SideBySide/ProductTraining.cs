using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;
using TorchSharp;
using ProductTensor = Gimbal.Trainer.Tensors.Tensor;

namespace Gimbal.SideBySide;

/// <summary>The product's side of <see cref="TorchTraining"/>: the same model, recipe and starting weights.</summary>
public sealed class ProductTraining : IDisposable
{
    private readonly CpuDevice _device;
    private readonly StateStore _state;
    private readonly TrainingStep _step;
    private readonly float _rate;
    private int _steps;

    /// <summary>Plans a step and takes over libtorch's parameters and buffers.</summary>
    /// <param name="model">One of <see cref="PairedModel.All"/>.</param>
    /// <param name="batch">Images per step.</param>
    /// <param name="threads">Members of the team; 0 takes one per processor.</param>
    /// <param name="start">What <see cref="TorchTraining.State"/> holds at the start; what it lacks starts as the layers ask.</param>
    /// <param name="isExact">Whether convolutions go without Winograd's algorithm.</param>
    public ProductTraining(string model, int batch, int threads, IReadOnlyDictionary<string, torch.Tensor> start, bool isExact = false)
    {
        ArgumentNullException.ThrowIfNull(start);
        _device = new CpuDevice(threads, isExact);
        var recipe = Recipe.Of(model);
        _rate = recipe.Rate;
        TrainingGraph graph = TrainingGraph.Create(PairedModel.Of(model).Product(), recipe.ToStep(batch));
        _state = _device.NewState(graph.Graph);
        _state.Initialize(1);
        foreach ((string name, torch.Tensor tensor) in start.Where(pair => _state.States.Any(value => value.Name == pair.Key)))
        {
            using torch.Tensor plain = tensor.detach().contiguous();
            _state.Write(name, new ProductTensor(_state.Read(name).Shape, plain.data<float>().ToArray()));
        }

        _step = new TrainingStep(graph, _device, _state, seed: 1);
    }

    /// <summary>What a step computes, as it is planned.</summary>
    public TrainingGraph Graph => _step.Graph;

    /// <summary>Threads and vectors.</summary>
    public string Device => _device.Description;

    /// <summary>Trains on one batch and returns its loss, before the update.</summary>
    public float Step(ReadOnlySpan<float> images, ReadOnlySpan<int> labels) => _step.Run(images, labels, _rate, _steps++).Loss;

    /// <inheritdoc/>
    public void Dispose()
    {
        _step.Dispose();
        _state.Dispose();
        _device.Dispose();
    }
}
