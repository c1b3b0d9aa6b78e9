using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Plans;

/// <summary>What a card would be asked to do for a graph, from the code that emits the launches: no card and no driver is needed.</summary>
public sealed class CudaListing
{
    // Tensors lie where no other number a kernel is given points to.
    private const ulong Nowhere = 0x7E57_0000_0000_0000;

    // How the names of kernels end that multiply on tensor cores.
    private const string TensorCores = "_bf16";

    private readonly Dictionary<Value, ulong> _addresses = [];
    private readonly List<CudaMemory> _tensors = [];
    private ulong _end = Nowhere;

    /// <summary>Emits every node of <paramref name="graph"/>.</summary>
    /// <param name="graph">What would run.</param>
    /// <param name="precision">Of its products.</param>
    public CudaListing(Graph graph, Precision precision = Precision.Float32)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Branches branches = Branches.Of(graph);
        using CudaLaunches launches = new() { Precision = precision };
        List<CudaNodeCost> nodes = [];
        int emitted = 0;
        foreach (Node node in CudaPlan.Emit(graph, branches, launches, AddressOf))
        {
            bool isRounded = launches.Launches.Skip(emitted).Any(launch => launch.Name.EndsWith(TensorCores, StringComparison.Ordinal));
            nodes.Add(new CudaNodeCost(node, isRounded ? Precision.Bfloat16 : Precision.Float32, [.. launches.Launches.Skip(emitted).Select(launch => new CudaLaunchCost(launch.ToString(), Traffic(launch, node, launches.Memory)))]));
            emitted = launches.Launches.Count;
        }

        Nodes = nodes;
        PlanBytes = (new MemoryPlan(graph, CudaPlan.Aligned, branches).Length * sizeof(float)) + launches.ScratchBytes + launches.AsideScratchBytes;
        StateBytes = graph.Values.Where(value => value.IsState).Sum(state => (long)state.Shape.Count * sizeof(float));
    }

    /// <summary>The nodes in the order they run.</summary>
    public IReadOnlyList<CudaNodeCost> Nodes { get; }

    /// <summary>Launches of one run.</summary>
    public int LaunchCount => Nodes.Sum(node => node.Launches.Count);

    /// <summary>Bytes read and written by one run.</summary>
    public long Bytes => Nodes.Sum(node => node.Bytes);

    /// <summary>Floating-point operations of one run.</summary>
    public long Flop => Nodes.Sum(node => node.Node.Cost.Flop);

    /// <summary>Bytes of inputs, results and temporaries.</summary>
    public long PlanBytes { get; }

    /// <summary>Bytes of parameters and buffers.</summary>
    public long StateBytes { get; }

    // A result that replaces a state lies where the state lies.
    private ulong AddressOf(Value value)
    {
        Value place = value.Overwrites ?? value;
        if (!_addresses.TryGetValue(place, out ulong address))
        {
            address = _end;
            _addresses[place] = address;
            _tensors.Add(new CudaMemory(address, (long)place.Shape.Count * sizeof(float)));
            _end += (ulong)CudaPlan.Aligned(place.Shape.Count) * sizeof(float);
        }

        return address;
    }

    // A launch passes once over every stretch of memory that its arguments name, and twice over a tensor that the node replaces where it lies.
    private unsafe long Traffic(in CudaLaunch launch, Node node, IReadOnlyList<CudaMemory> others)
    {
        HashSet<CudaMemory> named = [];
        Find(new ReadOnlySpan<byte>((void*)launch.Arguments, launch.ArgumentBytes), others, named);
        HashSet<ulong> replaced = [.. node.Outputs.Select(AddressOf)];
        replaced.IntersectWith(node.Inputs.Select(AddressOf));
        return named.Sum(memory => memory.Bytes * (replaced.Contains(memory.Address) ? 2 : 1));
    }

    private void Find(ReadOnlySpan<byte> arguments, IReadOnlyList<CudaMemory> others, HashSet<CudaMemory> named)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(arguments))
        {
            CudaMemory? memory = word >= Nowhere && word < _end ? TensorAt(word) : others.FirstOrDefault(other => other.Address == word);
            if (memory is not null && named.Add(memory))
            {
                Find(memory.Contents.Span, others, named);
            }
        }
    }

    // Tensors lie in the order of their addresses; a table points into them too.
    private CudaMemory TensorAt(ulong address)
    {
        int low = 0;
        int high = _tensors.Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = _tensors[middle].Address <= address ? (middle, high) : (low, middle);
        }

        return _tensors[low];
    }
}

/// <summary>What a card would do for one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Precision">Of its products; float32 where it has none.</param>
/// <param name="Launches">Its launches in order; none where it only renames.</param>
public sealed record CudaNodeCost(Node Node, Precision Precision, IReadOnlyList<CudaLaunchCost> Launches)
{
    /// <summary>Bytes read and written.</summary>
    public long Bytes => Launches.Sum(launch => launch.Bytes);
}

/// <summary>One launch.</summary>
/// <param name="Text">Kernel, grid and block.</param>
/// <param name="Bytes">Read and written, as if it passed once over every tensor, temporary and table it is handed.</param>
public sealed record CudaLaunchCost(string Text, long Bytes);
