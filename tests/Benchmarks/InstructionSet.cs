namespace Gimbal.Benchmarks;

/// <summary>The widest vectors our side may use; the runtime is told when a process starts. libtorch chooses for itself.</summary>
/// <param name="Key">For the command line.</param>
/// <param name="TurnedOff">The runtime's switch; null: none.</param>
/// <param name="Says">What the device's description must then contain; null: anything.</param>
internal sealed record InstructionSet(string Key, string? TurnedOff, string? Says)
{
    public static IReadOnlyList<InstructionSet> All { get; } =
    [
        new("widest", null, null),
        new("256", "DOTNET_EnableAVX512", "256-bit vectors"),
        new("128", "DOTNET_EnableAVX2", "128-bit vectors"),
        new("scalar", "DOTNET_EnableHWIntrinsic", "no vectors"),
    ];

    /// <summary>The one of that key.</summary>
    public static InstructionSet Of(string key) => All.Single(set => set.Key == key);

    /// <summary>What a process must find in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => TurnedOff is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [TurnedOff] = "0" };

    /// <summary>Refuses a measurement that was taken with other vectors than asked for.</summary>
    /// <exception cref="BenchmarkException">The switch took no effect.</exception>
    public void Require(string device)
    {
        if (Says is not null && !device.Contains(Says, StringComparison.Ordinal))
        {
            throw new BenchmarkException($"--instructions {Key}: our side ran on {device}, not with {Says}");
        }
    }
}
