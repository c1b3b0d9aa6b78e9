using System.Runtime.InteropServices;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;

namespace Gimbal.Trainer.Tests.Datasets;

/// <summary>What is loaded ahead is what would have been loaded on demand, whoever loads it and whatever happens meanwhile.</summary>
public sealed class BatchPrefetchTests : IDisposable
{
    private const int Count = 150;
    private const int Batch = 36;
    private const int Side = 8;
    private static readonly Augmentation s_augmentation = new(2, true, 3);
    private static readonly Normalization s_normalization = new([0.4f, 0.5f, 0.6f], [0.2f, 0.3f, 0.25f]);

    private readonly TestFolder _folder = new();
    private readonly TestFolder _cache = new();

    public static TheoryData<string, int, int> Readers
    {
        get
        {
            TheoryData<string, int, int> readers = [];
            foreach (string kind in new[] { "memory", "part", "file", "own", "own thread safe" })
            {
                foreach ((int threads, int depth) in new[] { (1, 1), (1, 2), (2, 2), (3, 5), (7, 1) })
                {
                    readers.Add(kind, threads, depth);
                }
            }

            return readers;
        }
    }

    public void Dispose()
    {
        _folder.Dispose();
        _cache.Dispose();
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Batches_are_those_of_the_sequential_loader_from_any_place_in_an_epoch(string kind, int threads, int depth)
    {
        BatchLoader loader = Loader(Source(kind));
        int steps = 3 * loader.BatchesPerEpoch;
        foreach (int first in new[] { 0, 1, loader.BatchesPerEpoch + 2, steps - 1 })
        {
            using BatchPrefetch prefetch = new(loader, first, steps, depth, threads);
            for (int step = first; step < steps; step++)
            {
                AssertSame(Sequential(loader, step), prefetch.Next()!, step);
            }

            Assert.Throws<InvalidOperationException>(prefetch.Next);
        }
    }

    [Fact]
    public void Another_step_has_another_batch()
    {
        BatchLoader loader = Loader(Pictures());
        using BatchPrefetch prefetch = new(loader, 1, 2);

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertSame(Sequential(loader, 0), prefetch.Next()!, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_slow_source_is_waited_for_and_keeps_its_order(int threads)
    {
        WatchedSource source = new(Pictures(), isThreadSafe: true) { Reading = index => Thread.Sleep(index % 7 == 0 ? 5 : 0) };
        BatchLoader loader = Loader(Pictures());
        using BatchPrefetch prefetch = new(Loader(source), 0, 8, threads: threads);
        for (int step = 0; step < 8; step++)
        {
            AssertSame(Sequential(loader, step), prefetch.Next()!, step);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Unused_rows_of_the_last_batch_are_zero_and_masked_in_used_buffers(int threads)
    {
        OrderedBatches batches = new(Pictures(), s_normalization, Batch);
        using BatchPrefetch prefetch = new(batches, 0, batches.Count, 1, threads);
        ImageBatch batch = prefetch.Next()!;
        for (int number = 1; number < batches.Count; number++)
        {
            Assert.Equal(Batch, batch.Held);
            batch = prefetch.Next()!;
        }

        // 150 pictures: the fifth batch of 36 holds six.
        Assert.Equal(6, batch.Held);
        Assert.All(batch.Labels[6..].ToArray(), label => Assert.Equal(-1, label));
        Assert.All(batch.Images[(6 * Side * Side * 3)..].ToArray(), value => Assert.Equal(0, value));
        Assert.Contains(batch.Images[..(6 * Side * Side * 3)].ToArray(), value => value != 0);
        Assert.All(batch.Labels[..6].ToArray(), label => Assert.InRange(label, 0, 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Of_several_failures_the_first_is_thrown_once_where_its_batch_is_taken(int threads)
    {
        int[] order = new Philox(9, 0x5EED_0001).Permutation(0, Count);
        int[] bad = [order[(2 * Batch) + 20], order[(2 * Batch) + 35], order[(3 * Batch) + 1]];
        WatchedSource source = new(Pictures(), isThreadSafe: true) { Reading = index => FailIf(bad.Contains(index), index) };
        using BatchPrefetch prefetch = new(Loader(source), 0, 4, 3, threads);

        Assert.NotNull(prefetch.Next());
        Assert.NotNull(prefetch.Next());
        ImageSourceException error = Assert.Throws<ImageSourceException>(prefetch.Next);

        Assert.Equal(bad[0], error.Index);
        Assert.Equal($"WatchedSource cannot read picture {bad[0]}: lost {bad[0]}", error.Message);
        Assert.IsType<TimeZoneNotFoundException>(error.InnerException);
        Assert.Throws<InvalidOperationException>(prefetch.Next);
    }

    [Fact]
    public void A_file_that_is_cut_short_is_named()
    {
        ImageSource source = Source("file");
        string pixels = Directory.GetFiles(_cache.Path, "*.pixels")[0];
        File.WriteAllBytes(pixels, new byte[100]);
        using BatchPrefetch prefetch = new(Loader(source), 0, 4);

        Assert.Equal(pixels, Assert.Throws<DataFileException>(prefetch.Next).Path);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    public void No_more_is_read_than_the_batches_ahead(int threads, int depth)
    {
        WatchedSource source = new(Pictures());
        using BatchPrefetch prefetch = new(Loader(source), 0, 12, depth, threads);
        for (int taken = 1; taken <= 12; taken++)
        {
            prefetch.Next();
            Assert.InRange(source.Reads, taken * Batch, (taken + depth) * Batch);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void After_disposal_in_mid_epoch_no_thread_is_left_and_nothing_is_read(int taken)
    {
        WatchedSource source = new(Pictures());
        BatchPrefetch prefetch = new(Loader(source), 0, 100, 2, 3);
        for (int i = 0; i < taken; i++)
        {
            prefetch.Next();
        }

        prefetch.Dispose();
        int reads = source.Reads;

        Assert.All(source.LoaderThreads, thread => Assert.False(thread.IsAlive));
        Assert.Throws<ObjectDisposedException>(prefetch.Next);
        Assert.Equal(reads, source.Reads);
        prefetch.Dispose();
    }

    [Fact]
    public void Cancelling_ends_the_wait_for_a_source_that_hangs()
    {
        using ManualResetEventSlim isReading = new();
        using ManualResetEventSlim goOn = new();
        WatchedSource source = new(Pictures())
        {
            Reading = _ =>
            {
                isReading.Set();
                goOn.Wait();
            },
        };
        using CancellationTokenSource stop = new();
        using (BatchPrefetch prefetch = new(Loader(source), 0, 4, 2, 2, stop.Token))
        {
            using Timer timer = new(_ =>
            {
                isReading.Wait();
                stop.Cancel();
            });
            timer.Change(0, Timeout.Infinite);

            Assert.Null(prefetch.Next());
            goOn.Set();
        }

        Assert.All(source.LoaderThreads, thread => Assert.False(thread.IsAlive));
    }

    [Fact]
    public void A_prefetch_that_is_cancelled_already_gives_nothing()
    {
        using BatchPrefetch prefetch = new(Loader(Pictures()), 0, 4, cancellation: new CancellationToken(canceled: true));

        Assert.Null(prefetch.Next());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_allocated_per_batch_on_any_thread(bool isThreadSafe)
    {
        WatchedSource source = new(Pictures(), isThreadSafe);
        // One epoch: the order of the next is an allocation.
        BatchLoader loader = new(source, s_normalization, 4, s_augmentation, 9);
        using BatchPrefetch prefetch = new(loader, 0, loader.BatchesPerEpoch, 2, 2);
        for (int step = 0; step < 5; step++)
        {
            prefetch.Next();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 5; step < loader.BatchesPerEpoch; step++)
        {
            prefetch.Next();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        (long bytes, int pairs) = source.Allocated;
        Assert.Equal(0, bytes);
        // 37 batches of 4 pictures on two threads, of each of which 40 reads warm up.
        Assert.InRange(pairs, (37 * 4) - 80, (37 * 4) - 40);
    }

    private static void FailIf(bool isBad, int index)
    {
        if (isBad)
        {
            throw new TimeZoneNotFoundException($"lost {index}");
        }
    }

    private static ImageSet Pictures()
    {
        byte[] pixels = new byte[Count * Side * Side * 3];
        new Random(4).NextBytes(pixels);
        return new ImageSet(pixels, [.. Enumerable.Range(0, Count).Select(i => i % 3)], Side, Side, 3, ["a", "b", "c"]);
    }

    private static BatchLoader Loader(ImageSource source) => new(source, s_normalization, Batch, s_augmentation, 9);

    private static ImageBatch Sequential(BatchLoader loader, int step)
    {
        ImageBatch batch = loader.NewBatch();
        loader.Load(step / loader.BatchesPerEpoch, step % loader.BatchesPerEpoch, batch);
        return batch;
    }

    private static void AssertSame(ImageBatch expected, ImageBatch actual, int step)
    {
        Assert.Equal(expected.Held, actual.Held);
        Assert.Equal(expected.Labels.ToArray(), actual.Labels.ToArray());
        Assert.True(MemoryMarshal.AsBytes(expected.Images).SequenceEqual(MemoryMarshal.AsBytes(actual.Images)), $"batch {step} differs");
    }

    private ImageSource Source(string kind)
    {
        switch (kind)
        {
            case "part":
                return new ImageSubset(new WatchedSource(Pictures()), [.. Enumerable.Range(0, Count - 10).Reverse()]);
            case "file":
                PictureFiles.WriteClasses(_folder, "", ("a", 60), ("b", 40));
                return PictureFiles.Open(_folder.Path, new DataOptions { MostMemory = 0, CacheFolder = _cache.Path }).Train;
            case "own":
                return new WatchedSource(Pictures());
            case "own thread safe":
                return new WatchedSource(Pictures(), isThreadSafe: true);
            default:
                return Pictures();
        }
    }
}
