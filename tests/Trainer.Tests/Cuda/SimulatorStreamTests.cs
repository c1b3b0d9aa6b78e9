using Gimbal.CudaSimulator;
using Gimbal.Trainer.Tests.Conditions;
using static Gimbal.Trainer.Tests.Cuda.SimulatedContext;
using static Gimbal.Trainer.Tests.Cuda.SimulatedDriver;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>How the simulator treats streams, events and captured graphs.</summary>
[Collection(Simulator.Collection)]
public sealed unsafe class SimulatorStreamTests
{
    private const string Kernel = "missing_barrier_right";

    [SimulatorFact]
    public void Work_runs_when_somebody_waits_for_it_and_not_before()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Succeed(cuMemHostAlloc(out nint pinned, Count * 4, 0));
        Span<float> host = new((void*)pinned, Count);
        host.Clear();
        Succeed(context.Launch(Kernel, stream: stream));
        Succeed(cuMemcpyDtoHAsync_v2((void*)pinned, context.Output, Count * 4, stream));
        Assert.Equal(0, Simulator.Counter("launches"));
        Assert.True(float.IsNaN(host[0]));
        // A synchronous copy does not wait for a non-blocking stream.
        Assert.True(float.IsNaN(Download(context.Output, 1)[0]));
        Succeed(cuStreamSynchronize(stream));
        Assert.Equal(Expected, host.ToArray());
        Assert.Equal(1, Simulator.Counter("launches"));
    }

    [SimulatorFact]
    public void Staging_memory_that_is_filled_again_too_early_shows()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Succeed(cuMemHostAlloc(out nint pinned, Count * 4, 0));
        Span<float> host = new((void*)pinned, Count);
        host.Fill(1);
        Succeed(cuMemcpyHtoDAsync_v2(context.Input, (void*)pinned, Count * 4, stream));
        host.Fill(2);
        Succeed(cuStreamSynchronize(stream));
        Assert.Equal(2, Download(context.Input, 1)[0]);
    }

    [SimulatorFact]
    public void A_synchronous_copy_waits_for_blocking_streams()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 0));
        Succeed(context.Launch(Kernel, stream: stream));
        Assert.Equal(Expected, Download(context.Output, Count));
    }

    [SimulatorFact]
    public void An_event_orders_two_streams_and_measures_time()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint first, 1));
        Succeed(cuStreamCreate(out nint second, 1));
        Succeed(cuEventCreate(out nint start, 0));
        Succeed(cuEventCreate(out nint done, 0));
        Succeed(cuEventRecord(start, first));
        Succeed(context.Launch(Kernel, stream: first));
        Succeed(cuEventRecord(done, first));
        Assert.Equal(600, cuEventElapsedTime(out _, start, done));
        Assert.Equal(600, cuEventQuery(done));
        Succeed(cuStreamWaitEvent(second, done, 0));
        Succeed(cuStreamSynchronize(second));
        Assert.Equal(1, Simulator.Counter("launches"));
        Succeed(cuEventQuery(done));
        Succeed(cuEventElapsedTime(out float milliseconds, start, done));
        Assert.True(milliseconds > 0);
    }

    [SimulatorFact]
    public void A_wait_is_for_the_event_as_it_was_recorded_then_and_not_later()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint first, 1));
        Succeed(cuStreamCreate(out nint second, 1));
        Succeed(cuEventCreate(out nint done, 0));
        Succeed(context.Launch(Kernel, stream: first));
        Succeed(cuEventRecord(done, first));
        Succeed(cuStreamWaitEvent(second, done, 0));
        Succeed(context.Launch(Kernel, stream: first));
        Succeed(cuEventRecord(done, first));
        Succeed(cuStreamSynchronize(second));
        Assert.Equal(1, Simulator.Counter("launches"));
        Assert.Equal(600, cuEventQuery(done));
    }

    [SimulatorFact]
    public void A_captured_graph_runs_when_it_is_launched_and_as_often()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Succeed(cuStreamBeginCapture_v2(stream, 0));
        Succeed(context.Launch(Kernel, stream: stream));
        Succeed(context.Launch("global_exchange_right", stream: stream));
        Succeed(cuStreamEndCapture(stream, out nint graph));
        Succeed(cuGraphInstantiateWithFlags(out nint exec, graph, 0));
        Succeed(cuGraphDestroy(graph));
        Succeed(cuStreamSynchronize(stream));
        Assert.Equal(0, Simulator.Counter("launches"));
        for (int i = 0; i < 3; i++)
        {
            Succeed(cuGraphLaunch(exec, stream));
        }

        Succeed(cuStreamSynchronize(stream));
        Assert.Equal(6, Simulator.Counter("launches"));
        Assert.Equal(Expected, Download(context.Output, Count));
        Succeed(cuGraphExecDestroy(exec));
        Assert.Equal(400, cuGraphLaunch(exec, stream));
    }

    [SimulatorFact]
    public void A_synchronous_call_spoils_a_capture()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Assert.Equal(900, cuStreamBeginCapture_v2(0, 0));
        Assert.Equal(401, cuStreamEndCapture(stream, out _));
        foreach (Func<int> forbidden in (Func<int>[])[cuCtxSynchronize, () => cuStreamSynchronize(stream), () => cuMemAlloc_v2(out _, 4), () => cuMemFree_v2(context.Counter)])
        {
            Succeed(cuStreamBeginCapture_v2(stream, 0));
            Assert.Equal(900, forbidden());
            Assert.Contains("not permitted while a stream is capturing", Simulator.LastReport, StringComparison.Ordinal);
            Assert.Equal(901, cuStreamEndCapture(stream, out _));
        }

        Succeed(cuStreamBeginCapture_v2(stream, 0));
        Assert.Equal(401, cuStreamBeginCapture_v2(stream, 0));
        Succeed(cuStreamEndCapture(stream, out _));
    }

    [SimulatorTheory]
    [InlineData(true, 0)]
    [InlineData(false, 904)]
    public void A_stream_that_an_event_drew_into_a_capture_has_to_be_joined(bool join, int result)
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Succeed(cuStreamCreate(out nint branch, 1));
        Succeed(cuEventCreate(out nint fork, 2));
        Succeed(cuEventCreate(out nint joined, 2));
        Succeed(cuStreamBeginCapture_v2(stream, 0));
        Succeed(cuEventRecord(fork, stream));
        Succeed(cuStreamWaitEvent(branch, fork, 0));
        Succeed(context.Launch(Kernel, stream: branch));
        Succeed(cuEventRecord(joined, branch));
        if (join)
        {
            Succeed(cuStreamWaitEvent(stream, joined, 0));
        }

        Assert.Equal(result, cuStreamEndCapture(stream, out _));
        Assert.Equal(0, Simulator.Counter("launches"));
    }

    [SimulatorFact]
    public void Destroyed_streams_and_events_are_unknown()
    {
        using SimulatedContext context = new();
        Succeed(cuStreamCreate(out nint stream, 1));
        Succeed(cuEventCreate(out nint done, 0));
        Succeed(cuStreamDestroy_v2(stream));
        Succeed(cuEventDestroy_v2(done));
        Assert.Equal(400, cuStreamSynchronize(stream));
        Assert.Contains("cuStreamSynchronize: stream", Simulator.LastReport, StringComparison.Ordinal);
        Assert.Equal(400, context.Launch(Kernel, stream: stream));
        Assert.Equal(400, cuEventRecord(done, 0));
        Assert.Equal(400, cuStreamDestroy_v2(stream));
    }
}
