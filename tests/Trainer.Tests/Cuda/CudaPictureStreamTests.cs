using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>Pictures that come with their batch go up on a queue of their own: each batch is made of its own pictures, however far that queue is ahead or behind.</summary>
[Collection(Simulator.Collection)]
public sealed class CudaPictureStreamTests
{
    private const int Bytes = 512;
    private const int Batches = 6;

    [SimulatorTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_batch_is_made_of_its_own_pictures(bool isAhead)
    {
        using Driver driver = Open();
        using (CudaPictureStream stream = new(driver, Bytes))
        {
            Assert.Equal(Enumerable.Range(1, Batches).Select(i => (byte)i), Use(driver, isAhead, pixels => stream.Send(pixels), stream.Release));
        }

        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorTheory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    public void A_missing_order_shows(bool waitsForUse, bool waitsForCopy, bool isAhead)
    {
        using Driver driver = Open();
        ulong[] addresses = [driver.Allocate(Bytes), driver.Allocate(Bytes)];
        using QueuedUpload first = driver.NewQueuedUpload(Bytes);
        using QueuedUpload second = driver.NewQueuedUpload(Bytes);
        using QueueMark firstUsed = driver.NewMark();
        using QueueMark secondUsed = driver.NewMark();
        int place = 0;

        byte[] seen = Use(
            driver,
            isAhead,
            pixels =>
            {
                place ^= 1;
                QueuedUpload upload = place == 0 ? first : second;
                if (waitsForUse)
                {
                    (place == 0 ? firstUsed : secondUsed).Await(CudaQueue.Upload);
                }

                upload.Send(addresses[place], pixels);
                if (waitsForCopy)
                {
                    upload.Sent.Await(CudaQueue.Main);
                }

                return addresses[place];
            },
            () => (place == 0 ? firstUsed : secondUsed).Set(CudaQueue.Main));

        Assert.NotEqual(Enumerable.Range(1, Batches).Select(i => (byte)i), seen);
    }

    [SimulatorFact]
    public void Uploads_go_round_the_staging_memory_without_waiting_for_all_that_is_queued()
    {
        const int Piece = 300_000;
        const int Pieces = 40;
        using Driver driver = Open();
        ulong target = driver.Allocate(Piece * (long)Pieces);
        for (byte i = 0; i < Pieces; i++)
        {
            driver.Upload(target + (ulong)(i * Piece), Enumerable.Repeat(i, Piece).ToArray());
        }

        // The device is behind by no more than the memory holds: 13 pieces, and the one that waits.
        long uploaded = Simulator.Counter("uploaded_bytes");
        Assert.InRange(uploaded / Piece, Pieces - 14, Pieces - 6);
        byte[] seen = new byte[Piece * Pieces];
        driver.Download(target, seen);
        Assert.All(Enumerable.Range(0, Pieces), i => Assert.True(seen.AsSpan(i * Piece, Piece).IndexOfAnyExcept((byte)i) < 0));
        Assert.Equal(0, Simulator.Reports);
    }

    private static Driver Open()
    {
        Simulator.Reset();
        Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        return driver;
    }

    // Batch i is i in all its bytes; what is made of it here is a copy. Nothing runs on the simulated device but what somebody waits for.
    private static byte[] Use(Driver driver, bool isAhead, Func<byte[], ulong> send, Action release)
    {
        ulong made = driver.Allocate(Bytes * Batches);
        using QueueMark sent = driver.NewMark();
        for (int i = 0; i < Batches; i++)
        {
            ulong address = send([.. Enumerable.Repeat((byte)(i + 1), Bytes)]);
            driver.Copy(made + (ulong)(i * Bytes), address, Bytes);
            release();
        }

        if (isAhead)
        {
            sent.Set(CudaQueue.Upload);
            sent.Wait();
        }

        byte[] seen = new byte[Bytes * Batches];
        driver.Download(made, seen);
        return [.. seen.Chunk(Bytes).Select(batch => Assert.Single(batch.Distinct()))];
    }
}
