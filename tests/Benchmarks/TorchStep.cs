using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Benchmarks;

/// <summary>libtorch's side. The batches lie ready in its layout, so copying them is not timed.</summary>
internal sealed class TorchStep : TrainingStep
{
    private readonly TorchTraining _training;
    private readonly torch.Tensor[] _images;
    private readonly torch.Tensor[] _labels;
    private readonly MemoryLayout _layout;
    private int _next;

    public TorchStep(string model, MemoryLayout layout, Batches batches)
    {
        _layout = layout;
        torch.random.manual_seed(1);
        _training = new TorchTraining(model, layout);
        _images = [.. batches.Images.Select(images => torch.tensor(images.Span.ToArray(), [batches.Size, 3, 32, 32]).In(layout))];
        _labels = [.. batches.Labels.Select(labels => torch.tensor(labels.Select(label => (long)label).ToArray()))];
    }

    public override string Name => _layout == MemoryLayout.Nchw ? "TorchSharp (NCHW, default)" : "TorchSharp (channels last)";

    /// <summary>The network's parameters and buffers, for the other side to start from.</summary>
    public IReadOnlyDictionary<string, torch.Tensor> State => _training.State;

    public override float Run()
    {
        int batch = _next++ % _images.Length;
        return _training.Step(_images[batch], _labels[batch]);
    }

    public override void Dispose()
    {
        _training.Dispose();
        foreach (torch.Tensor tensor in _images.Concat(_labels))
        {
            tensor.Dispose();
        }
    }
}
