using System.Runtime.InteropServices;
using Gimbal.CudaSimulator;
using Gimbal.Trainer.Cuda;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The kernels of convert.cu make of pictures on the device what <see cref="BatchLoader"/> makes of them on the host.</summary>
[Collection(Simulator.Collection)]
public sealed class BatchPictureTests
{
    private const int Batch = 5;
    private const ulong Seed = 0x1234_5678_9ABC;
    private const uint ShuffleStream = 0x5EED_0001;
    private const uint AugmentStream = 0x5EED_0002;

    [SimulatorTheory]
    [InlineData(0, false, 0)]
    [InlineData(4, true, 8)]
    [InlineData(1, false, 3)]
    public void Pictures_and_labels_are_the_loader_s(int padCrop, bool flip, int cutout)
    {
        Augmentation augmentation = new(padCrop, flip, cutout);
        foreach (ImageSource source in (ImageSource[])[ProceduralImages.Splits(3, train: 23, test: 1).Train, Grey(9, 7), Grey(25, 41)])
        {
            for (int epoch = 0; epoch < 3; epoch++)
            {
                (float[] images, int[] labels) = LoadOnHost(source, augmentation, epoch);
                (float[] deviceImages, int[] deviceLabels) = LoadOnDevice(source, augmentation, epoch);

                Assert.Equal(images, deviceImages);
                Assert.Equal(labels, deviceLabels);
            }
        }
    }

    [SimulatorFact]
    public void Another_epoch_changes_the_pictures()
    {
        ImageSource source = Grey(9, 7);
        Augmentation augmentation = new(4, true, 3);

        Assert.NotEqual(LoadOnHost(source, augmentation, 1).Images, LoadOnDevice(source, augmentation, 2).Images);
    }

    [SimulatorFact]
    public void A_batch_of_several_blocks_has_the_labels_of_its_pictures()
    {
        const int Many = 600;
        int[] all = [.. Enumerable.Range(0, Many).Select(i => i * 7 % 1000)];
        int[] indices = new Philox(Seed, ShuffleStream).Permutation(0, Many);
        Simulator.Reset();
        Simulator.CheckAccesses(true);
        using Driver driver = Driver.Open();
        ulong batch = driver.Allocate(Many * sizeof(int));
        using CudaLaunches launches = new(driver, new Kernels(driver), 0);
        launches.Add("batch_labels_i32", new Blocks(Blocks.Over(Many, 256)), new LabelsArgs(Upload(driver, all), Upload(driver, indices), batch, Many, 0));
        launches.Run();
        int[] labels = new int[Many];
        driver.Download(batch, MemoryMarshal.AsBytes(labels.AsSpan()));

        Assert.True(Simulator.Reports == 0, Simulator.LastReport);
        Assert.Equal(indices.Select(i => all[i]), labels);
    }

    private static ImageSet Grey(int height, int width)
    {
        byte[] pixels = new byte[11 * height * width];
        new Random(5).NextBytes(pixels);
        return ImageSet.From(pixels, [.. Enumerable.Range(0, 11).Select(i => i % 3)], height, width, 1, ["a", "b", "c"]);
    }

    private static (float[] Images, int[] Labels) LoadOnHost(ImageSource source, Augmentation augmentation, int epoch)
    {
        BatchLoader loader = new(source, Normalization.Of(source), Batch, augmentation, Seed);
        ImageBatch batch = loader.NewBatch();
        loader.Load(epoch, 1, batch);
        return (batch.Images.ToArray(), batch.Labels.ToArray());
    }

    private static (float[] Images, int[] Labels) LoadOnDevice(ImageSource source, Augmentation augmentation, int epoch)
    {
        Simulator.Reset();
        Simulator.CheckAccesses(true);
        using Driver driver = Driver.Open();
        Assert.Equal(Simulator.DeviceName, driver.Name);
        int length = source.PixelBytes;
        byte[] pixels = new byte[source.Count * length];
        for (int i = 0; i < source.Count; i++)
        {
            source.Read(i, pixels.AsSpan(i * length, length));
        }

        int[] indices = new Philox(Seed, ShuffleStream).Permutation((uint)epoch, source.Count)[Batch..(2 * Batch)];
        int[] allLabels = [.. Enumerable.Range(0, source.Count).Select(source.Label)];
        ulong onDevice = Upload(driver, indices);
        ulong images = driver.Allocate((long)Batch * length * sizeof(float));
        ulong labels = driver.Allocate(Batch * sizeof(int));
        using CudaLaunches launches = new(driver, new Kernels(driver), 0);
        launches.Add("batch_images_f32", new Blocks(Batch * Blocks.Over(length, 1024)), new ImagesArgs
        {
            Pixels = Upload(driver, pixels),
            Indices = onDevice,
            Random = Upload(driver, [unchecked((int)(uint)Seed), (int)(Seed >> 32), epoch]),
            Table = Upload(driver, Normalization.Of(source).Table()),
            Images = images,
            N = Batch,
            H = source.Height,
            W = source.Width,
            C = source.Channels,
            Stream = AugmentStream,
            PadCrop = augmentation.PadCrop,
            Flip = augmentation.Flip ? 1 : 0,
            Cutout = augmentation.Cutout,
        });
        launches.Add("batch_labels_i32", new Blocks(1), new LabelsArgs(Upload(driver, allLabels), onDevice, labels, Batch, 0));
        launches.Run();
        float[] batchImages = new float[Batch * length];
        int[] batchLabels = new int[Batch];
        driver.Download(images, MemoryMarshal.AsBytes(batchImages.AsSpan()));
        driver.Download(labels, MemoryMarshal.AsBytes(batchLabels.AsSpan()));
        Assert.True(Simulator.Reports == 0, Simulator.LastReport);
        return (batchImages, batchLabels);
    }

    private static ulong Upload<T>(Driver driver, T[] values)
        where T : unmanaged
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<T>(values);
        ulong address = driver.Allocate(bytes.Length);
        driver.Upload(address, bytes);
        return address;
    }

    private struct ImagesArgs
    {
        public ulong Pixels;
        public ulong Indices;
        public ulong Random;
        public ulong Table;
        public ulong Images;
        public int N;
        public int H;
        public int W;
        public int C;
        public uint Stream;
        public int PadCrop;
        public int Flip;
        public int Cutout;
    }

    private readonly record struct LabelsArgs(ulong Labels, ulong Indices, ulong Batch, int N, int Padding);
}
