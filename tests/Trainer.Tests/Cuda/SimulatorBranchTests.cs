using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The simulator runs the branches of a graph in every order their edges allow, and finds launches that touch the same memory and have none between them.</summary>
[Collection(Simulator.Collection)]
public sealed class SimulatorBranchTests
{
    // output[i] = input[i ^ 63]: two in a row copy.
    private const string Mirror = "missing_barrier_right";

    private static readonly (SimulatorBranches Order, ulong Seed)[] s_orders =
        [(SimulatorBranches.Captured, 1), (SimulatorBranches.OriginFirst, 1), (SimulatorBranches.OthersFirst, 1), (SimulatorBranches.Random, 1), (SimulatorBranches.Random, 2)];

    [SimulatorFact]
    public void Branches_with_their_edges_are_silent_and_give_the_same_in_every_order()
    {
        foreach ((SimulatorBranches order, ulong seed) in s_orders)
        {
            (int result, float[] last, IReadOnlyList<string> reports) = Run(Fault.None, order, seed, check: true);

            Assert.Empty(reports);
            Assert.Equal(0, result);
            Assert.Equal(Enumerable.Range(0, Count).Select(i => (float)(i ^ 63)), last);
        }
    }

    [SimulatorTheory]
    [InlineData(Fault.MissingFork, "a read of device memory that missing_barrier_right wrote", "a write of device memory that missing_barrier_right read")]
    [InlineData(Fault.MissingJoin, "a read of device memory that missing_barrier_right wrote", "a write of device memory that missing_barrier_right read")]
    [InlineData(Fault.SharedScratch, "a write of device memory that missing_barrier_right wrote", "a read of device memory that missing_barrier_right wrote")]
    [InlineData(Fault.EarlyReuse, "a write of device memory that missing_barrier_right read", "a read of device memory that missing_barrier_right wrote")]
    public void A_missing_edge_is_reported_in_every_order(Fault fault, string report, string orReport)
    {
        foreach ((SimulatorBranches order, ulong seed) in s_orders)
        {
            (int result, _, IReadOnlyList<string> reports) = Run(fault, order, seed, check: true);

            Assert.Equal(719, result);
            string found = Assert.Single(reports);
            Assert.True(
                found.Contains($"race between branches: {report}", StringComparison.Ordinal) || found.Contains($"race between branches: {orReport}", StringComparison.Ordinal), $"{order}: {found}");
        }
    }

    [SimulatorTheory]
    [InlineData(Fault.MissingFork)]
    [InlineData(Fault.MissingJoin)]
    [InlineData(Fault.SharedScratch)]
    [InlineData(Fault.EarlyReuse)]
    public void A_missing_edge_shows_in_the_results_of_some_order_without_any_check(Fault fault)
    {
        float[] sound = Run(Fault.None, SimulatorBranches.Captured, 1, check: false).Last;

        Assert.Contains(s_orders, order => !Run(fault, order.Order, order.Seed, check: false).Last.SequenceEqual(sound));
    }

    // a = mirror(input); aside: b = mirror(a); meanwhile: c = mirror(input), d = mirror(c); then: last = mirror(b).
    private static (int Result, float[] Last, IReadOnlyList<string> Reports) Run(Fault fault, SimulatorBranches order, ulong seed, bool check)
    {
        using SimulatedContext context = new(check);
        Simulator.RunBranches(order, seed);
        (ulong a, ulong b, ulong c, ulong d, ulong last) = (Room(), Room(), Room(), Room(), Room());
        (ulong scratch, ulong reused) = (fault == Fault.SharedScratch ? b : c, fault == Fault.EarlyReuse ? a : d);
        Succeed(cuStreamCreate(out nint main, 1));
        Succeed(cuStreamCreate(out nint aside, 1));
        Succeed(cuEventCreate(out nint fork, 2));
        Succeed(cuEventCreate(out nint join, 2));
        Succeed(cuStreamBeginCapture_v2(main, 2));
        if (fault == Fault.MissingFork)
        {
            Succeed(cuEventRecord(fork, main));
        }

        Launch(context.Input, a, main);
        if (fault != Fault.MissingFork)
        {
            Succeed(cuEventRecord(fork, main));
        }

        Succeed(cuStreamWaitEvent(aside, fork, 0));
        Launch(a, b, aside);
        Succeed(cuEventRecord(join, aside));
        Launch(context.Input, scratch, main);
        Launch(scratch, reused, main);
        if (fault != Fault.MissingJoin)
        {
            Succeed(cuStreamWaitEvent(main, join, 0));
        }

        Launch(b, last, main);
        Succeed(cuStreamWaitEvent(main, join, 0));
        Succeed(cuStreamEndCapture(main, out nint graph));
        Succeed(cuGraphInstantiateWithFlags(out nint exec, graph, 0));
        Succeed(cuGraphLaunch(exec, main));
        int result = cuStreamSynchronize(main);
        return (result, result == 0 ? Download(last, Count) : [], Simulator.AllReports);

        void Launch(ulong input, ulong output, nint stream) => Succeed(context.Launch(Mirror, stream: stream, input: input, output: output));
    }

    // Something other than NaN, so that a read too early is a value too.
    private static ulong Room()
    {
        ulong address = Allocate(Count * 4);
        Upload(address, new float[Count]);
        return address;
    }

    public enum Fault
    {
        None,
        MissingFork,
        MissingJoin,
        SharedScratch,
        EarlyReuse,
    }
}
