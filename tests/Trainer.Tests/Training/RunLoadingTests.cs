using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Datasets;
using Gimbal.Trainer.Training;

namespace Gimbal.Trainer.Tests.Training;

/// <summary>A run loads ahead from sources of the user's own: the same weights, and a clean end whatever happens.</summary>
public sealed class RunLoadingTests
{
    private static readonly Network s_network = SmallRun.Model(SmallRun.Options);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_source_of_one_s_own_trains_to_the_same_bits_and_is_read_as_it_allows(bool isThreadSafe)
    {
        DataSplits memory = SmallRun.Data();
        IReadOnlyDictionary<string, Tensor> expected = SmallRun.Train(SmallRun.Options, s_network, WithValidation(memory.Train, memory), 2);
        WatchedSource own = new(memory.Train, isThreadSafe);
        using CpuDevice device = new(2);
        using TrainingRun run = new(s_network, WithValidation(own, memory), SmallRun.Options, device);
        int saves = 0;

        // Saving reads all pictures for the fingerprint and evaluation reads the held-out ones, while batches are loaded ahead.
        run.Run(new RunCallbacks { SaveSteps = 2, Save = (saved, _) => saves += saved.Capture().Fingerprint.Length > 0 ? 1 : 0 });

        SmallRun.AssertSameBits(expected, run.CaptureState());
        Assert.True(saves > 2);
        Assert.True(isThreadSafe || own.Overlaps == 0, $"{own.Overlaps} reads overlap");
        Assert.NotEmpty(own.LoaderThreads);
        Assert.All(own.LoaderThreads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void A_picture_that_cannot_be_read_ends_the_run_with_its_number()
    {
        WatchedSource own = new(SmallRun.Data().Train);
        using CpuDevice device = new(2);
        using TrainingRun run = new(s_network, SmallRun.Data() with { Train = own }, SmallRun.Options, device);
        // The last batch of the first epoch: no earlier picture is touched.
        int bad = new Philox(SmallRun.Options.Seed, 0x5EED_0001).Permutation(0, 160)[150];
        own.Reading = index => _ = index == bad ? throw new InvalidOperationException("gone") : index;

        ImageSourceException error = Assert.Throws<ImageSourceException>(() => run.Run(new RunCallbacks()));

        Assert.Equal(bad, error.Index);
        Assert.Contains("gone", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 4), (run.Position.Epoch, run.Position.Batch));
        Assert.All(own.LoaderThreads, thread => Assert.False(thread.IsAlive));

        own.Reading = null;
        run.Run(new RunCallbacks());
        SmallRun.AssertSameBits(SmallRun.Train(SmallRun.Options, s_network, SmallRun.Data(), 2), run.CaptureState());
    }

    [Fact]
    public void Cancelling_saves_even_while_the_source_hangs()
    {
        using ManualResetEventSlim goOn = new();
        using CancellationTokenSource stop = new();
        WatchedSource own = new(SmallRun.Data().Train);
        using CpuDevice device = new(2);
        using TrainingRun run = new(s_network, SmallRun.Data() with { Train = own }, SmallRun.Options, device);
        int hanging = new Philox(SmallRun.Options.Seed, 0x5EED_0001).Permutation(0, 160)[100];
        own.Reading = index =>
        {
            if (index == hanging)
            {
                stop.Cancel();
                goOn.Wait();
            }
        };
        List<RunPosition> saved = [];
        RunCallbacks callbacks = new()
        {
            Save = (saving, _) =>
            {
                saved.Add(saving.Position);
                goOn.Set();
            },
        };

        Assert.Throws<OperationCanceledException>(() => run.Run(callbacks, stop.Token));

        // The fourth batch hangs.
        Assert.InRange(Assert.Single(saved).Batch, 0, 3);
        Assert.All(own.LoaderThreads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void A_callback_that_throws_leaves_no_thread_behind()
    {
        WatchedSource own = new(SmallRun.Data().Train);
        using CpuDevice device = new(2);
        using TrainingRun run = new(s_network, SmallRun.Data() with { Train = own }, SmallRun.Options, device);
        own.Forget();

        Assert.Throws<NotSupportedException>(() => run.Run(new RunCallbacks { Step = _ => throw new NotSupportedException() }));

        Assert.NotEmpty(own.LoaderThreads);
        Assert.All(own.LoaderThreads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        const int Steps = 24;
        TrainingOptions options = SmallRun.Options with { Epochs = 1, Batch = 8 };
        long[] allocated = new long[Steps];
        WatchedSource own = new(SmallRun.Data(8 * Steps).Train, isThreadSafe: true);
        using CpuDevice device = new(2);
        using TrainingRun run = new(SmallRun.Model(options), SmallRun.Data() with { Train = own }, options, device);

        run.Run(new RunCallbacks { Step = step => allocated[step.Batch - 1] = GC.GetAllocatedBytesForCurrentThread() });

        // The first steps fill caches: of the type system, of the pool of temporaries.
        Assert.Equal(allocated[4], allocated[^1]);
        (long bytes, int pairs) = own.Allocated;
        Assert.Equal(0, bytes);
        Assert.True(pairs > 0);
    }

    private static DataSplits WithValidation(ImageSource train, DataSplits data)
    {
        (ImageSource kept, ImageSource held) = ImageSubset.Split(train, 0.2, 1);
        return data with { Train = kept, Validation = held };
    }
}
