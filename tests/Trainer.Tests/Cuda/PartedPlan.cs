using System.Runtime.InteropServices;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Plans;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>What is wrong with a <see cref="PartedPlan"/>.</summary>
public enum PlanFault
{
    /// <summary>Nothing: two branches.</summary>
    None,

    /// <summary>Nothing: one branch.</summary>
    OneBranch,

    /// <summary>Memory is laid out as if every node ran in its turn.</summary>
    PlacesOfOneBranch,

    /// <summary>Both branches have the same temporaries.</summary>
    SharedScratch,

    /// <summary>What runs aside waits for nothing.</summary>
    MissingFork,

    /// <summary>Nothing waits for what runs aside but the end.</summary>
    MissingJoin,
}

/// <summary>A graph on a card, put together from the parts of the product's plan, one of them wrong.</summary>
internal sealed class PartedPlan : Plan
{
    private readonly Driver _driver;
    private readonly CudaState _state;
    private readonly MemoryPlan _places;
    private readonly CudaLaunches _launches;
    private readonly ulong _arena;
    private readonly ulong _scratch;
    private readonly nint _recording;

    public PartedPlan(CudaDevice device, Graph graph, CudaState state, PlanFault fault)
        : base(graph)
    {
        (_driver, _state) = (device.Driver, state);
        Branches branches = fault == PlanFault.OneBranch ? Branches.None : Branches.Of(graph);
        _places = new MemoryPlan(graph, CudaPlan.Aligned, fault == PlanFault.PlacesOfOneBranch ? Branches.None : branches);
        _arena = _driver.Allocate(_places.Length * sizeof(float));
        using CudaLaunches sizes = new();
        _ = CudaPlan.Emit(graph, branches, sizes, AddressOf).Count();
        _scratch = _driver.Allocate(sizes.ScratchBytes + sizes.AsideScratchBytes);
        _launches = new CudaLaunches(_driver, device.Kernels, _scratch, fault == PlanFault.SharedScratch ? _scratch : _scratch + (ulong)sizes.ScratchBytes);
        BranchedLaunches steps = new(_driver, _launches, branches);
        List<int> ends = [];
        foreach (Node _ in CudaPlan.Emit(graph, branches, _launches, AddressOf))
        {
            steps.EndNode();
            ends.Add(_launches.Launches.Count);
        }

        _recording = _driver.Record(fault is PlanFault.MissingFork or PlanFault.MissingJoin ? () => QueueWithout(fault, branches, ends) : steps.Queue);
    }

    public override long MemoryBytes => throw new NotSupportedException();

    public override IReadOnlyList<string> Listing => throw new NotSupportedException();

    public override void Write(Value input, ReadOnlySpan<float> elements) => new CudaTransfer(_driver).Upload(input.Type, elements, AddressOf(input));

    public override void WriteChannelsLast(Value input, ReadOnlySpan<float> images) => throw new NotSupportedException();

    public override void Write(Value input, ReadOnlySpan<int> elements) => _driver.Upload(AddressOf(input), MemoryMarshal.AsBytes(elements));

    public override void Run() => _driver.Replay(_recording);

    public override void Read(Value value, Span<float> elements) => new CudaTransfer(_driver).Download(value.Type, AddressOf(value), elements);

    public override Readback NewReadback(IReadOnlyList<Value> outputs) => throw new NotSupportedException();

    public override void Dispose()
    {
        Driver.Forget(_recording);
        _launches.Dispose();
        _driver.Free(_arena);
        _driver.Free(_scratch);
    }

    protected override IEnumerable<StepTime> RunTimed() => throw new NotSupportedException();

    private void QueueWithout(PlanFault fault, Branches branches, List<int> ends)
    {
        using QueueMark fork = _driver.NewMark();
        using QueueMark join = _driver.NewMark();
        fork.Set(CudaQueue.Main);
        fork.Await(CudaQueue.Aside);
        for (int node = 0; node < ends.Count; node++)
        {
            int first = node == 0 ? 0 : ends[node - 1];
            if (fault == PlanFault.MissingJoin && branches.IsAside(node))
            {
                fork.Set(CudaQueue.Main);
                fork.Await(CudaQueue.Aside);
            }

            if (fault == PlanFault.MissingFork && branches.Aside.Any(aside => branches.Join(aside) == node))
            {
                join.Await(CudaQueue.Main);
            }

            _launches.Queue(first, ends[node], branches.IsAside(node) ? CudaQueue.Aside : CudaQueue.Main);
            join.Set(CudaQueue.Aside);
        }

        join.Await(CudaQueue.Main);
    }

    private ulong AddressOf(Value value) => value.IsState ? _state.Address(value.Name)
        : value.Overwrites is { } replaced ? _state.Address(replaced.Name)
        : _arena + ((ulong)_places.Offset(value) * sizeof(float));
}
