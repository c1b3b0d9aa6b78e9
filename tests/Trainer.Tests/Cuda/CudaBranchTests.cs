using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Training;
using Flatten = Gimbal.Trainer.Layers.Flatten;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A training step computes its weight gradients on a second branch of its graph: the bits are those of one branch, in whatever order a device runs the two.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaBranchTests
{
    private const int Batch = 4;
    private const int Side = 6;
    private const int Steps = 2;

    private static readonly (SimulatorBranches Order, ulong Seed)[] s_orders =
        [(SimulatorBranches.Captured, 1), (SimulatorBranches.OriginFirst, 1), (SimulatorBranches.OthersFirst, 1), (SimulatorBranches.Random, 1), (SimulatorBranches.Random, 2)];

    [SimulatorFact]
    public void Every_order_of_the_branches_gives_the_bits_of_one_branch()
    {
        string one = Train((device, graph, state) => new PartedPlan(device, graph, state, PlanFault.OneBranch), SimulatorBranches.Captured);
        foreach ((SimulatorBranches order, ulong seed) in s_orders)
        {
            Assert.Equal(one, Train((device, graph, state) => new CudaPlan(graph, device, state), order, seed));
        }

        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nothing_on_one_branch_touches_what_the_other_uses(bool isAsideFirst)
    {
        Train((device, graph, state) => new CudaPlan(graph, device, state), isAsideFirst ? SimulatorBranches.OthersFirst : SimulatorBranches.OriginFirst, check: true);

        Assert.True(Simulator.Reports == 0, Simulator.LastReport);
    }

    [SimulatorTheory]
    [InlineData(PlanFault.None, false)]
    [InlineData(PlanFault.PlacesOfOneBranch, true)]
    [InlineData(PlanFault.SharedScratch, true)]
    [InlineData(PlanFault.MissingFork, true)]
    [InlineData(PlanFault.MissingJoin, true)]
    public void A_fault_of_the_branches_is_reported(PlanFault fault, bool isReported)
    {
        Plan Faulty(CudaDevice device, Graph graph, CudaState state) => new PartedPlan(device, graph, state, fault);
        List<string> reports = [];
        foreach (SimulatorBranches order in (SimulatorBranches[])[SimulatorBranches.OriginFirst, SimulatorBranches.OthersFirst])
        {
            try
            {
                Train(Faulty, order, check: true);
                Assert.Equal(0, Simulator.Reports);
            }
            catch (CudaException)
            {
                // What follows a fault is refused, and reported too.
                reports.Add(Simulator.AllReports[0]);
            }
        }

        // Where nobody wrote yet what is read too early, that is the report.
        string[] races = [.. reports.Where(report => !report.Contains("uninitialised: a read of device memory", StringComparison.Ordinal))];
        Assert.Equal(isReported, races.Length > 0);
        Assert.All(races, report => Assert.Contains("race between branches", report, StringComparison.Ordinal));
    }

    // Losses, norms and states of two steps, bit by bit.
    private static string Train(Func<CudaDevice, Graph, CudaState, Plan> planOf, SimulatorBranches order, ulong seed = 1, bool check = false)
    {
        Simulator.Reset();
        Simulator.RunBranches(order, seed);
        Simulator.CheckAccesses(check);
        using CudaDevice device = new();
        Assert.Contains(Simulator.DeviceName, device.Description, StringComparison.Ordinal);
        TrainingGraph training = TrainingGraph.Create(
            Network.Create("two", s_layers, 3, Side), new StepOptions(Batch, new Sgd(0.9f), new GradientClip(ClipMode.Norm, 5))).FusedForCuda();
        using CudaState state = (CudaState)device.NewState(training.Graph);
        state.Initialize(3);
        using Plan plan = planOf(device, training.Graph, state);
        Philox random = new(7, 7);
        plan.Write(training.Images, [.. Enumerable.Range(0, training.Images.Shape.Count).Select(i => random.Normal(0, (ulong)i))]);
        plan.Write(training.Labels, [1, 2, 3, 4]);
        plan.Write(training.LearningRate, [0.1f]);
        List<float[]> seen = [];
        for (int step = 0; step < Steps; step++)
        {
            plan.Run();
            seen.AddRange(training.Graph.Outputs.Select(output => plan.Read(output).Span.ToArray()));
        }

        seen.AddRange(state.ReadAll().OrderBy(tensor => tensor.Key, StringComparer.Ordinal).Select(tensor => tensor.Value.Span.ToArray()));
        return string.Join(' ', seen.SelectMany(values => values).Select(BitConverter.SingleToInt32Bits));
    }

    private static readonly Layer s_layers = new Sequential(
        new Conv2d(3, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new Conv2d(4, 4, 3, padding: 1), new BatchNorm2d(4), new ReLU(), new GlobalAvgPool2d(), new Flatten(), new Linear(4, 10));
}
