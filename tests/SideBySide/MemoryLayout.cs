using static TorchSharp.torch;

namespace Gimbal.SideBySide;

/// <summary>How libtorch stores images and filters.</summary>
public enum MemoryLayout
{
    /// <summary>libtorch's default: N, C, H, W.</summary>
    Nchw,

    /// <summary>N, H, W, C, which oneDNN runs without reordering.</summary>
    ChannelsLast,
}

/// <summary>Storage order of libtorch tensors.</summary>
public static class MemoryLayouts
{
    /// <summary>The same values in <paramref name="layout"/>; tensors of another rank than 4 as they are.</summary>
    /// <remarks>TorchSharp has no memory_format argument; a permuted contiguous tensor has exactly the strides of channels_last.</remarks>
    public static Tensor In(this Tensor tensor, MemoryLayout layout)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (layout == MemoryLayout.Nchw || tensor.dim() != 4)
        {
            return tensor;
        }

        using var scope = NewDisposeScope();
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
