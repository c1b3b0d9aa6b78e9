using Gimbal.CudaSimulator;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Graphs;
using Gimbal.Trainer.Layers;
using Gimbal.Trainer.Plans;
using Gimbal.Trainer.Tensors;
using Gimbal.Trainer.Tests.Conditions;
using Relu = Gimbal.Trainer.Ops.Relu;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>The kernel of convert.cu makes of pictures on the device what loaders make of them on the host.</summary>
[Collection(Simulator.Collection)]
public sealed class BatchPictureTests
{
    private const int Batch = 5;
    private const ulong Seed = 0x1234_5678_9ABC;

    [SimulatorTheory]
    [InlineData(0, false, 0)]
    [InlineData(4, true, 8)]
    [InlineData(1, false, 3)]
    public void Shuffled_pictures_are_those_of_the_host(int padCrop, bool flip, int cutout)
    {
        foreach (ImageSource source in Sources())
        {
            AssertSame(source, feed => new BatchLoader(feed, Batch, new Augmentation(padCrop, flip, cutout), Seed), batches: 9);
        }
    }

    [SimulatorFact]
    public void Pictures_in_order_are_those_of_the_host_and_unused_rows_zero()
    {
        foreach (ImageSource source in Sources())
        {
            Assert.NotEqual(0, source.Count % Batch);
            AssertSame(source, feed => new OrderedBatches(feed, Batch), (source.Count / Batch) + 1);
        }
    }

    [SimulatorFact]
    public void Fewer_pictures_than_a_batch_has_rows_are_those_of_the_host() =>
        AssertSame(Grey(9, 7, 3), feed => new OrderedBatches(feed, Batch), batches: 1);

    [SimulatorFact]
    public void Other_pictures_are_told_apart()
    {
        ImageSource source = Grey(9, 7, 11);
        using CudaDevice card = Open();
        using PictureDevice device = new(card, PicturePlace.Card);
        using PictureFeed feed = new(source, Normalization.Of(source), device, Batch);
        BatchLoader host = new(source, Normalization.Of(source), Batch, new Augmentation(4, true, 3), Seed);
        using ImagePlan plan = new(device, host.NewBatch().Shape);

        float[] expected = plan.Load(host, number: 1).Images;

        Assert.NotEqual(expected, plan.Load(new BatchLoader(feed, Batch, new Augmentation(4, true, 3), Seed), number: 3).Images);
        Assert.NotEqual(expected, plan.Load(new BatchLoader(feed, Batch, new Augmentation(4, true, 2), Seed), number: 1).Images);
        Assert.Equal(expected, plan.Load(new BatchLoader(feed, Batch, new Augmentation(4, true, 3), Seed), number: 1).Images);
    }

    [SimulatorFact]
    public void What_does_not_fit_is_refused()
    {
        using CudaDevice card = Open();
        using CudaPictures pictures = new(card, capacity: 4, batch: 2, new Shape(3, 5, 1), new float[256]);
        using ImagePlan plan = new(card, new Shape(3, 1, 3, 5));

        Assert.Throws<ArgumentOutOfRangeException>(() => pictures.Write(0, new byte[14]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pictures.Write(2, new byte[45]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pictures.Write(-1, new byte[15]));
        Assert.Throws<ArgumentOutOfRangeException>(() => pictures.Place(new PictureRow[3], plan.Plan, plan.Images));
        Assert.Throws<ShapeException>(() => pictures.Place(new PictureRow[2], plan.Plan, plan.Images));
        Assert.Equal(0, Simulator.Reports);
    }

    [SimulatorFact]
    public void A_data_set_stays_on_the_card_while_it_takes_no_more_than_half_of_the_free_memory()
    {
        using CudaDevice card = Open();
        Shape picture = new(1024, 1024, 1);
        int tooMany = (int)(card.Driver.FreeBytes / CudaDevice.PictureShare / picture.Count) + 1;

        using DevicePictures all = card.NewPictures(20, 8, picture, new float[256]);
        using DevicePictures some = card.NewPictures(tooMany, 8, picture, new float[256]);
        using DevicePictures few = card.NewPictures(3, 8, picture, new float[256]);

        Assert.Equal((20, 8, 3), (all.Capacity, some.Capacity, few.Capacity));
    }

    private static CudaDevice Open()
    {
        Simulator.Reset();
        CudaDevice card = new();
        Assert.Contains(Simulator.DeviceName, card.Description, StringComparison.Ordinal);
        Simulator.CheckAccesses(true);
        return card;
    }

    private static ImageSource[] Sources() => [ProceduralImages.Splits(3, train: 23, test: 1).Train, Grey(9, 7, 11), Grey(25, 41, 11)];

    private static ImageSet Grey(int height, int width, int count)
    {
        byte[] pixels = new byte[count * height * width];
        new Random(5).NextBytes(pixels);
        return ImageSet.From(pixels, [.. Enumerable.Range(0, count).Select(i => i % 3)], height, width, 1, ["a", "b", "c"]);
    }

    private static void AssertSame(ImageSource source, Func<PictureFeed, IBatches> batchesOf, int batches)
    {
        Normalization normalization = Normalization.Of(source);
        foreach (PicturePlace place in (PicturePlace[])[PicturePlace.Batch, PicturePlace.Card])
        {
            using CudaDevice card = Open();
            using PictureDevice device = new(card, place);
            using PictureFeed feed = new(source, normalization, device, Batch);
            (IBatches onHost, IBatches onDevice) = (batchesOf(new PictureFeed(source, normalization)), batchesOf(feed));
            using ImagePlan plan = new(device, onHost.NewBatch().Shape);
            for (int number = 0; number < batches; number++)
            {
                (float[] images, int[] labels) = plan.Load(onHost, number);
                (float[] deviceImages, int[] deviceLabels) = plan.Load(onDevice, number);

                Assert.Equal(images, deviceImages);
                Assert.Equal(labels, deviceLabels);
            }

            Assert.True(Simulator.Reports == 0, Simulator.LastReport);
        }
    }

    /// <summary>A plan that has images for an input.</summary>
    private sealed class ImagePlan : IDisposable
    {
        private readonly StateStore _state;

        public ImagePlan(Device device, Shape shape)
        {
            GraphBuilder builder = new("images");
            Graph graph = builder.Build(builder.Add(new Relu(), builder.Input(Network.ImagesName, new TensorType(shape, Axes.Image))));
            Images = graph.Input(Network.ImagesName);
            _state = device.NewState(graph);
            Plan = device.NewPlan(graph, _state);
        }

        public Plan Plan { get; }

        public Value Images { get; }

        public (float[] Images, int[] Labels) Load(IBatches batches, long number)
        {
            ImageBatch batch = batches.NewBatch();
            batches.LoadRows(number, 0, batch.Size, batch);
            Plan.Write(Images, new float[Images.Shape.Count]);
            batch.WriteTo(Plan, Images);
            return (Plan.Read(Images).Span.ToArray(), batch.Labels.ToArray());
        }

        public void Dispose()
        {
            Plan.Dispose();
            _state.Dispose();
        }
    }
}
