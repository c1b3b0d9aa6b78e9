using Gimbal.SideBySide;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Benchmarks;

/// <summary>A few batches of random images in a model's size with labels of its classes, the same for both sides.</summary>
internal sealed class Batches
{
    public Batches(PairedModel model, int count, int size)
    {
        Size = size;
        Images = [.. Enumerable.Range(0, count).Select(i => RandomImages(i, new Shape(size, PairedModel.Channels, model.Size.H, model.Size.W)))];
        Labels = [.. Enumerable.Range(0, count).Select(i => RandomLabels(i, size))];
    }

    /// <summary>Images per batch.</summary>
    public int Size { get; }

    public IReadOnlyList<Tensor> Images { get; }

    public IReadOnlyList<int[]> Labels { get; }

    private static Tensor RandomImages(int batch, Shape shape)
    {
        Philox random = new(seed: 1, stream: 1);
        Tensor images = new(shape);
        for (int i = 0; i < images.Shape.Count; i++)
        {
            images.Span[i] = random.Normal((uint)batch, (ulong)i);
        }

        return images;
    }

    private static int[] RandomLabels(int batch, int size)
    {
        Philox random = new(seed: 1, stream: 2);
        return [.. Enumerable.Range(0, size).Select(i => random.Below((uint)batch, (ulong)i, PairedModel.Classes))];
    }
}
