using System.Runtime.InteropServices;
using Gimbal.SideBySide;
using Gimbal.Trainer.Tensors;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>libtorch's side. The batches lie ready in its layout, so copying them is not timed.</summary>
internal sealed class TorchStep : TrainingStep
{
    private readonly TorchTraining _training;
    private readonly torch.Tensor[] _images;
    private readonly torch.Tensor[] _labels;

    /// <summary>Initialises the network from a fixed seed, the same on every call.</summary>
    public TorchStep(PairedModel model, MemoryLayout layout, Batches batches, torch.ScalarType type = torch.ScalarType.Float32)
        : base(batches.Images.Count)
    {
        torch.random.manual_seed(1);
        _training = new TorchTraining(model.Name, layout, type);
        _images = [.. batches.Images.Select(images => Copy(images, layout, type))];
        _labels = [.. batches.Labels.Select(labels => torch.tensor(labels.Select(label => (long)label).ToArray()))];
    }

    /// <summary>The network's parameters and buffers, for the other side to start from.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> State => _training.State;

    public override float Run(int batch) => _training.Step(_images[batch], _labels[batch]);

    public override void Dispose()
    {
        _training.Dispose();
        foreach (torch.Tensor tensor in _images.Concat(_labels))
        {
            tensor.Dispose();
        }
    }

    // Straight into libtorch's memory: an array in between would count as the rival's.
    private static torch.Tensor Copy(Tensor images, MemoryLayout layout, torch.ScalarType type)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor copy = torch.empty([.. images.Shape.Axes.ToArray().Select(extent => (long)extent)]);
        images.Span.CopyTo(MemoryMarshal.Cast<byte, float>(copy.bytes));
        return copy.to(type).In(layout).MoveToOuterDisposeScope();
    }
}
