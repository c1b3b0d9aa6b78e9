using Gimbal.Trainer.Graphs;

namespace Gimbal.Trainer.Plans;

/// <summary>Pictures as bytes in the memory of a device, which makes normalised batches of them itself. One thread at a time may use them.</summary>
public abstract class DevicePictures : IDisposable
{
    /// <summary>Pictures there is room for: a whole data set, or a batch.</summary>
    public abstract int Capacity { get; }

    /// <summary>Replaces some pictures.</summary>
    /// <param name="first">Position of the first.</param>
    /// <param name="pixels">Whole pictures, [H, W, C] each.</param>
    public abstract void Write(int first, ReadOnlySpan<byte> pixels);

    /// <summary>Sets an input of a plan of the same device to a batch of normalised pictures. Allocates nothing.</summary>
    /// <param name="rows">One for each image.</param>
    /// <param name="plan">Of the same device.</param>
    /// <param name="images">Its input, [N, C, H, W].</param>
    public abstract void Place(ReadOnlySpan<PictureRow> rows, Plan plan, Value images);

    /// <summary>Sets an input of a plan to a batch of normalised pictures that come with it, while the device may still work on the batch before. Allocates nothing but the first time.</summary>
    /// <param name="pixels">Whole pictures, [H, W, C] each, a batch of them at most; they may change as soon as the call returns.</param>
    /// <param name="rows">One for each image; they name pictures by their position in <paramref name="pixels"/>.</param>
    /// <param name="plan">Of the same device.</param>
    /// <param name="images">Its input, [N, C, H, W].</param>
    public abstract void Place(ReadOnlySpan<byte> pixels, ReadOnlySpan<PictureRow> rows, Plan plan, Value images);

    /// <summary>Frees the memory.</summary>
    public abstract void Dispose();
}
