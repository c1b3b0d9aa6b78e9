using Gimbal.SideBySide;

namespace Gimbal.Benchmarks;

/// <summary>How libtorch is set up: each way wants a process of its own, because memory allocation is chosen when a process starts.</summary>
/// <param name="Key">For the command line.</param>
/// <param name="Name">For tables.</param>
/// <param name="Layout">Storage order of images and filters.</param>
/// <param name="IsTuned">Whether glibc keeps freed memory and takes huge pages, which saves libtorch tens of thousands of page faults per step.</param>
internal sealed record RivalSetting(string Key, string Name, MemoryLayout Layout, bool IsTuned)
{
    /// <summary>No mappings of their own for large blocks, nothing given back, huge pages.</summary>
    private const string Malloc = "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184:glibc.malloc.hugetlb=1";

    /// <summary>As it comes, in its fastest layout, and that with tuned memory allocation.</summary>
    public static IReadOnlyList<RivalSetting> All { get; } =
    [
        new("default", "TorchSharp", MemoryLayout.Nchw, IsTuned: false),
        new("channels-last", "TorchSharp channels_last", MemoryLayout.ChannelsLast, IsTuned: false),
        new("tuned", "TorchSharp channels_last, tuned malloc", MemoryLayout.ChannelsLast, IsTuned: true),
    ];

    /// <summary>What its process must find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => IsTuned ? new Dictionary<string, string> { ["GLIBC_TUNABLES"] = Malloc } : new Dictionary<string, string>();

    /// <summary>The one of that key.</summary>
    public static RivalSetting Of(string key) => All.Single(setting => setting.Key == key);
}
