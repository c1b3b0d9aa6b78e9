using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Models;
using Gimbal.Trainer.Ops;
using Gimbal.Trainer.Optimizers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>A step leaves nothing to the garbage collector, which would stop the team at a time of its own choosing.</summary>
public sealed class AllocationTests
{
    private const int Batch = 8;
    // A thread of the team may meet a kernel for the first time only some steps after the other has.
    private const int WarmUp = 20;
    private const int Steps = 50;

    [Theory]
    [InlineData("simple-cnn", 1)]
    [InlineData("resnet8", 2)]
    public void A_training_step_allocates_nothing(string model, int threads)
    {
        using CpuDevice device = new(threads);
        Network network = ModelCatalogue.Create(model, new ModelShape(3, 32, 10, Dropout: 0.1f));
        TrainingGraph graph = TrainingGraph.Create(network, new StepOptions(Batch, new Adam(), new GradientClip(ClipMode.Norm, 1), EmaDecay: 0.9f));
        using StateStore state = device.NewState(graph.Graph);
        state.Initialize(1);
        using TrainingStep step = new(graph, device, state, seed: 1);
        float[] images = new float[graph.Images.Shape.Count];
        int[] labels = new int[Batch];

        Assert.Equal(0, Allocated(i => step.Run(images, labels, 0.01, i)));
        Assert.Equal(0, Allocated(i => step.Run(images, labels, 0.01, i, isMeasured: i % 2 == 0)));
    }

    [Fact]
    public void What_a_step_would_allocate_is_seen() => Assert.True(Allocated(i => GC.KeepAlive(new byte[i + 1])) >= Steps);

    /// <summary>Bytes this thread allocated in <see cref="Steps"/> calls, after some that may compile and make room.</summary>
    private static long Allocated(Action<int> step)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            step(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Steps; i++)
        {
            step(WarmUp + i);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
