using Gimbal.Trainer.Cuda;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>In which of its ways each kernel is launched: one block or several, whole or in splits, in groups, with which tile.</summary>
internal static class LaunchVariants
{
    private const string SplitSum = "split_sum_f32";
    private static readonly int[] s_channelTiles = [1, 2, 4, 8, 16, 32];

    // One block for all rows, or for all tensors: the kernels that finish what others began.
    private static readonly string[] s_alwaysOneBlock =
    [
        "adam_prepare_f32", "signal_measure_f32", "softmax_cross_entropy_divisor_f32", "softmax_cross_entropy_sum_f32", "spectral_normalize_f32",
        "spectral_sigma_f32", "step_count_f32",
    ];

    // A block for each tensor, and one for all of them.
    private const string NeverOneBlock = "gradient_norm_f32";

    /// <summary>What must be launched at least once: the kernels' names and the branches of src/Trainer/Cuda, crossed.</summary>
    public static IEnumerable<string> Wanted(IEnumerable<string> kernels) => kernels.SelectMany(kernel => OfKernel(kernel).Select(variant => $"{kernel}, {variant}"));

    /// <summary>In which ways these are launched.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<CudaLaunch> launches)
    {
        for (int i = 0; i < launches.Count; i++)
        {
            string kernel = launches[i].Name;
            yield return $"{kernel}, {(launches[i].Grid.X > 1 ? "several blocks" : "one block")}";
            if (IsCut(kernel))
            {
                yield return $"{kernel}, {(i + 1 < launches.Count && launches[i + 1].Name == SplitSum ? "in splits" : "whole")}";
            }

            if (IsTiled(kernel))
            {
                yield return $"{kernel}, {(GroupsOf(launches[i]) > 1 ? "in groups" : "all channels")}";
            }

            if (AddsOverRows(kernel))
            {
                CudaChannels sums = ChannelsOf(launches[i]);
                yield return $"{kernel}, tile of {s_channelTiles.First(tile => tile >= Math.Min(sums.Channels, s_channelTiles[^1]))}";
                yield return $"{kernel}, {(sums.Chunks == 1 ? "one chunk" : sums.RowsPerChunk == new CudaChannels(1, 1).RowsPerChunk ? "several chunks" : "long chunks")}";
            }
        }
    }

    /// <summary>The wanted ways that no case takes.</summary>
    public static IReadOnlyList<string> Missing(IEnumerable<string> kernels, IEnumerable<IReadOnlySet<string>> taken)
    {
        HashSet<string> seen = [.. taken.SelectMany(variants => variants)];
        return [.. Wanted(kernels).Where(variant => !seen.Contains(variant)).Order(StringComparer.Ordinal)];
    }

    private static IEnumerable<string> OfKernel(string kernel) =>
    [
        .. kernel == NeverOneBlock ? [] : (string[])["one block"],
        .. s_alwaysOneBlock.Contains(kernel) ? [] : (string[])["several blocks"],
        .. IsCut(kernel) ? (string[])["whole", "in splits"] : [],
        .. IsTiled(kernel) ? (string[])["all channels", "in groups"] : [],
        .. AddsOverRows(kernel) ? [.. s_channelTiles.Select(tile => $"tile of {tile}"), "one chunk", "several chunks", "long chunks"] : (string[])[],
    ];

    private static bool IsCut(string kernel) => kernel.StartsWith("gemm_", StringComparison.Ordinal) || kernel.StartsWith("conv_grad_weight_", StringComparison.Ordinal);

    private static bool IsTiled(string kernel) => kernel.StartsWith("conv_", StringComparison.Ordinal) && !kernel.EndsWith("_direct_f32", StringComparison.Ordinal);

    private static bool AddsOverRows(string kernel) =>
        kernel is "channel_sum_partials_f32" or "batch_normalization_moments_f32" or "batch_normalization_grad_sums_f32" or "signal_measure_chunks_f32";

    // The argument structs are those of native/cuda/README.md: pointers first, then 32-bit numbers.
    private static int GroupsOf(in CudaLaunch convolution) => Numbers<CudaConvGeometry>(convolution, PointersOf(convolution.Name)).Groups;

    private static int PointersOf(string convolution) => convolution.StartsWith("conv_forward_fused_", StringComparison.Ordinal) || convolution.StartsWith("conv_forward_pool_", StringComparison.Ordinal) ? 5
        : convolution.StartsWith("conv_grad_input_fused_", StringComparison.Ordinal) ? 9
        : convolution.StartsWith("conv_forward_", StringComparison.Ordinal) ? 4 : 3;

    private static CudaChannels ChannelsOf(in CudaLaunch sums) =>
        Numbers<CudaChannels>(sums, sums.Name is "batch_normalization_grad_sums_f32" or "signal_measure_chunks_f32" ? 4 : 2);

    private static unsafe T Numbers<T>(in CudaLaunch launch, int pointers)
        where T : unmanaged => *(T*)(launch.Arguments + (pointers * sizeof(ulong)));
}
