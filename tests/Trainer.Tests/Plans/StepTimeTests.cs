using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cpu;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Conditions;
using Gimbal.Trainer.Tests.Training;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Plans;

/// <summary>What the timing of a plan says besides times.</summary>
[Collection(Simulator.Collection)]
public class StepTimeTests
{
    private static readonly MachinePeaks Peaks = new(1e9, [new(1024, 8e9), new(4096, 4e9), new(1 << 20, 1e9)]);

    [Fact]
    public void On_the_cpu_timing_lists_every_step_with_its_node_and_leaves_the_state_of_as_many_runs()
    {
        using CpuDevice device = new(2);
        AssertTimed(device, time => $"{time.Step} x{time.Chunks}", plan => plan.Listing);
    }

    [SimulatorFact]
    public void On_the_device_timing_lists_every_launch_with_its_node_and_leaves_the_state_of_as_many_runs()
    {
        Simulator.Reset();
        using CudaDevice device = new();
        Assert.Contains(Simulator.DeviceName, device.Description, StringComparison.Ordinal);
        int events = Events();
        AssertTimed(device, time => time.Step, plan => plan.Listing.Select(line => line.Split(' ')[0]));
        Assert.Equal(0, Simulator.Reports);
        Assert.Equal(events, Events());

        // The driver has some of its own.
        static int Events() => Simulator.Leaks().Count(leak => leak == "an event");
    }

    private static void AssertTimed(Device device, Func<StepTime, string> nameOf, Func<Plan, IEnumerable<string>> namesOf)
    {
        TrainingGraph graph = TrainingGraph.Create(ModelCatalogue.Create("resnet8", new ModelShape(3, 8, 10)), new StepOptions(2, new Sgd(0.9f)));
        using StateStore timed = device.NewState(graph.Graph);
        using StateStore run = device.NewState(graph.Graph);
        using Plan plan = NewPlan(timed);
        using Plan other = NewPlan(run);

        IReadOnlyList<StepTime> times = plan.Time(2);
        for (int i = 0; i < 3; i++)
        {
            other.Run();
        }

        Assert.Equal(namesOf(plan), times.Select(nameOf));
        Assert.Equal(graph.Graph.Nodes, times.Select(time => time.Node).Distinct());
        Assert.All(times, time => Assert.True(time.Chunks > 0));
        Assert.All(times, time => Assert.InRange(time.Shortest, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
        SmallRun.AssertSameBits(run.ReadAll(), timed.ReadAll());

        Plan NewPlan(StateStore state)
        {
            state.Initialize(1);
            Plan plan = device.NewPlan(graph.Graph, state);
            plan.Write(graph.Images, [.. Enumerable.Range(0, graph.Images.Shape.Count).Select(i => (float)Math.Sin(i))]);
            plan.Write(graph.Labels, [1, 2]);
            plan.Write(graph.LearningRate, [0.1f]);
            return plan;
        }
    }

    [Fact]
    public void The_floor_is_the_longer_of_arithmetic_and_traffic()
    {
        Assert.Equal(2.0, Peaks.FloorSeconds(flop: 2_000_000_000, bytes: 1000));
        Assert.Equal(1000 / 8e9, Peaks.FloorSeconds(flop: 1, bytes: 1000));
    }

    [Theory]
    [InlineData(1024, 8e9)]
    [InlineData(1025, 4e9)]
    [InlineData(1 << 20, 1e9)]
    [InlineData(1 << 30, 1e9)]
    public void Traffic_takes_the_bandwidth_of_the_smallest_working_set_that_holds_it(long bytes, double bandwidth) =>
        Assert.Equal(bytes / bandwidth, Peaks.FloorSeconds(flop: 0, bytes));

    [Fact]
    public void The_better_of_two_measurements_counts()
    {
        MachinePeaks other = new(2e9, [new(1024, 1e9), new(4096, 9e9), new(1 << 20, 1e9)]);

        Assert.Equal(2e9, Peaks.Best(other).FlopPerSecond);
        Assert.Equal([8e9, 9e9, 1e9], Peaks.Best(other).Bandwidths.Select(level => level.BytesPerSecond));
    }

    [Fact]
    public void Peaks_are_positive_and_the_working_sets_grow()
    {
        using CpuDevice device = new(1);

        MachinePeaks peaks = device.MeasurePeaks();

        Assert.True(double.IsFinite(peaks.FlopPerSecond) && peaks.FlopPerSecond > 0, $"{peaks}");
        Assert.All(peaks.Bandwidths, level => Assert.True(double.IsFinite(level.BytesPerSecond) && level.BytesPerSecond > 0, $"{peaks}"));
        Assert.Equal(peaks.Bandwidths.OrderBy(level => level.WorkingSet), peaks.Bandwidths);
    }
}
