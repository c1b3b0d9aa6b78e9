using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>A graph on a CUDA device: one arena, and a list of launches that is recorded once and replayed as one graph.</summary>
public sealed class CudaPlan : Plan
{
    // Runs of a series, and the launches of all of them: a graph of more takes long to make and its host has time enough.
    private const int MostRuns = 8;
    private const int MostRecorded = 4096;

    private readonly Driver _driver;
    private readonly CudaState _state;
    private readonly MemoryPlan _places;
    private readonly CudaTransfer _transfer;
    private readonly CudaLaunches _launches;
    private readonly List<Node> _nodeOfLaunch = [];
    private readonly BranchedLaunches _steps;
    private readonly ulong _arena;
    private readonly bool _isArenaLent;
    private readonly ulong _scratch;
    private readonly nint _recording;

    /// <summary>Lays out the arena, or the part it needs of that of <paramref name="host"/>, emits every node and records the launches.</summary>
    /// <exception cref="CudaException">The device has not so much memory, or refuses a kernel.</exception>
    public CudaPlan(Graph graph, CudaDevice device, CudaState state, CudaPlan? host = null, Precision precision = Precision.Float32)
        : base(graph)
    {
        (_driver, _state) = (device.Driver, state);
        _transfer = new CudaTransfer(_driver);
        Branches branches = Branches.Of(graph);
        _places = new MemoryPlan(graph, Aligned, branches);
        _isArenaLent = host is not null && host._places.Length >= _places.Length;
        _arena = _isArenaLent ? host!._arena : _driver.Allocate(_places.Length * sizeof(float));
        ulong aside;
        // Emitted once to learn how much the temporaries take, then with their address.
        using (CudaLaunches sizes = new() { Precision = precision })
        {
            _ = Emit(graph, branches, sizes, AddressOf).Count();
            ScratchBytes = sizes.ScratchBytes + sizes.AsideScratchBytes;
            aside = (ulong)sizes.ScratchBytes;
        }

        _scratch = ScratchBytes > 0 ? _driver.Allocate(ScratchBytes) : 0;
        _launches = new CudaLaunches(_driver, device.Kernels, _scratch, _scratch + aside) { Precision = precision };
        _steps = new BranchedLaunches(_driver, _launches, branches);
        foreach (Node node in Emit(graph, branches, _launches, AddressOf))
        {
            _nodeOfLaunch.AddRange(Enumerable.Repeat(node, _launches.Launches.Count - _nodeOfLaunch.Count));
            _steps.EndNode();
        }

        _recording = _driver.Record(_steps.Queue);
    }

    /// <inheritdoc/>
    public override long MemoryBytes => (_isArenaLent ? 0 : _places.Length * sizeof(float)) + ScratchBytes;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Listing => [.. _launches.Launches.Select(launch => launch.ToString())];

    private long ScratchBytes { get; }

    /// <inheritdoc/>
    public override void Write(Value input, ReadOnlySpan<float> elements)
    {
        Check(input, elements.Length, ElementType.Float32);
        _transfer.Upload(input.Type, elements, AddressOf(input));
    }

    /// <inheritdoc/>
    public override void WriteChannelsLast(Value input, ReadOnlySpan<float> images) =>
        _driver.Upload(AddressOfImages(input, images.Length), MemoryMarshal.AsBytes(images));

    /// <inheritdoc/>
    public override void Write(Value input, ReadOnlySpan<int> elements)
    {
        Check(input, elements.Length, ElementType.Int32);
        _driver.Upload(AddressOf(input), MemoryMarshal.AsBytes(elements));
    }

    /// <inheritdoc/>
    public override void Run() => _driver.Replay(_recording);

    /// <inheritdoc/>
    public override void Read(Value value, Span<float> elements)
    {
        Check(value, elements.Length, ElementType.Float32);
        _transfer.Download(value.Type, AddressOf(value), elements);
    }

    /// <inheritdoc/>
    public override Readback NewReadback(IReadOnlyList<Value> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        return new CudaReadback(_driver, [.. outputs.Select(AddressOfOutput)]);
    }

    /// <inheritdoc/>
    public override RunSeries? NewSeries(DevicePictures pictures, Value images, IReadOnlyList<Value> inputs, IReadOnlyList<Value> outputs)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(outputs);
        int length = Math.Min(MostRuns, MostRecorded / _launches.Launches.Count);
        return length < 2 ? null : new CudaSeries(
            _driver,
            length,
            (CudaPictures)pictures,
            (AddressOfImages(images, images.Shape.Count), images.Shape[0]),
            [.. inputs.Select(input => (AddressOf(input), input.Shape.Count))],
            [.. outputs.Select(AddressOfOutput)],
            _steps.Queue);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Driver.Forget(_recording);
        _launches.Dispose();
        if (!_isArenaLent)
        {
            _driver.Free(_arena);
        }

        if (_scratch != 0)
        {
            _driver.Free(_scratch);
        }
    }

    /// <summary>Rounds a number of elements up to the device's alignment.</summary>
    internal static long Aligned(long floats) => (floats + (CudaLaunches.Alignment / sizeof(float)) - 1) / (CudaLaunches.Alignment / sizeof(float)) * (CudaLaunches.Alignment / sizeof(float));

    /// <summary>Emits one node after the other, and stops behind each while what it was handed is still known.</summary>
    internal static IEnumerable<Node> Emit(Graph graph, Branches branches, CudaLaunches launches, Func<Value, ulong> addressOf)
    {
        foreach ((int i, Node node) in graph.Nodes.Index())
        {
            launches.BeginNode(branches.IsAside(i));
            node.Op.EmitCuda(new CudaCall(node, launches, addressOf));
            yield return node;
        }
    }

    /// <summary>Where an input of images with <paramref name="count"/> elements lies, [N, H, W, C].</summary>
    internal ulong AddressOfImages(Value input, int count)
    {
        CheckImages(input, count);
        return AddressOf(input);
    }

    /// <inheritdoc/>
    protected override IEnumerable<StepTime> RunTimed() => _launches.Launches.Select((launch, i) =>
        new StepTime(_nodeOfLaunch[i], launch.Name, launch.Grid.X * launch.Grid.Y * launch.Grid.Z, _driver.Time(launch)));

    private (ulong Address, int Count) AddressOfOutput(Value output)
    {
        Check(output, output.Shape.Count, ElementType.Float32);
        ArgumentOutOfRangeException.ThrowIfNotEqual(output.Type.Axes, Axes.Plain, nameof(output));
        return (AddressOf(output), output.Shape.Count);
    }

    private ulong AddressOf(Value value) => value.IsState ? _state.Address(value.Name)
        : value.Overwrites is { } replaced ? _state.Address(replaced.Name)
        : _arena + ((ulong)_places.Offset(value) * sizeof(float));
}
