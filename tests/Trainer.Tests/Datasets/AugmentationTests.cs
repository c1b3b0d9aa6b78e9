using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class AugmentationTests
{
    private const int Side = 15;
    private const int Count = 60;

    // Leaves p/255, so that a pixel can be told by its value; 0 is black or cut out.
    private static readonly Normalization s_identity = new([0], [1]);

    // Every picture holds 1 to 225, each once; the label is the picture's number.
    private static readonly ImageSet s_source = new(
        [.. Enumerable.Range(0, Count * Side * Side).Select(i => (byte)((i % (Side * Side)) + 1))],
        [.. Enumerable.Range(0, Count)],
        Side,
        Side,
        1,
        [.. Enumerable.Range(0, Count).Select(i => $"{i}")]);

    [Fact]
    public void WithoutAugmentationPicturesComeAsTheyAreAndEachOnceAnEpoch()
    {
        Dictionary<int, byte[]> epoch = Epoch(Augmentation.None, seed: 1, epoch: 0, batch: 20);
        Assert.Equal(Enumerable.Range(0, Count), epoch.Keys.Order());
        Assert.All(epoch.Values, picture => Assert.Equal(Enumerable.Range(1, Side * Side).Select(p => (byte)p), picture));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void CropsShiftByEveryAmountUpToThePaddingAndFillWithBlack(int pad)
    {
        HashSet<(int, int)> shifts = [];
        for (int epoch = 0; epoch < 40; epoch++)
        {
            foreach (byte[] picture in Epoch(new Augmentation(PadCrop: pad), 1, epoch, 20).Values)
            {
                (int shiftY, int shiftX) = Shift(picture);
                Assert.Equal(Shifted(shiftY, shiftX, isMirrored: false), picture);
                shifts.Add((shiftY, shiftX));
            }
        }

        // 2,400 draws of at most 81 places: one is missed with a chance below 1e-10.
        Assert.Equal((2 * pad + 1) * (2 * pad + 1), shifts.Count);
        Assert.All(shifts, shift => Assert.True(Math.Abs(shift.Item1) <= pad && Math.Abs(shift.Item2) <= pad));
    }

    [Fact]
    public void HalfOfThePicturesAreMirrored()
    {
        byte[] mirrored = Shifted(0, 0, isMirrored: true);
        int flipped = 0;
        for (int epoch = 0; epoch < 40; epoch++)
        {
            foreach (byte[] picture in Epoch(new Augmentation(Flip: true), 1, epoch, 20).Values)
            {
                bool isMirrored = picture.SequenceEqual(mirrored);
                Assert.True(isMirrored || picture.SequenceEqual(Shifted(0, 0, isMirrored: false)));
                flipped += isMirrored ? 1 : 0;
            }
        }

        // Five standard deviations of 2,400 throws of a coin.
        Assert.InRange(flipped, 1200 - 123, 1200 + 123);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void ACutoutIsASquareClippedAtTheBorderWithItsCentreAnywhere(int cutout)
    {
        HashSet<(int, int)> corners = [];
        for (int epoch = 0; epoch < 60; epoch++)
        {
            foreach (byte[] picture in Epoch(new Augmentation(Cutout: cutout), 1, epoch, 20).Values)
            {
                int[] cut = [.. Enumerable.Range(0, picture.Length).Where(i => picture[i] == 0)];
                (int top, int bottom) = (cut.Min(i => i / Side), cut.Max(i => i / Side));
                (int left, int right) = (cut.Min(i => i % Side), cut.Max(i => i % Side));
                Assert.Equal((bottom - top + 1) * (right - left + 1), cut.Length);
                RequireExtent(top, bottom, cutout);
                RequireExtent(left, right, cutout);
                Assert.All(Enumerable.Range(0, picture.Length).Except(cut), i => Assert.Equal(i + 1, picture[i]));
                corners.Add((top == 0 ? bottom - cutout : top, left == 0 ? right - cutout : left));
            }
        }

        // 3,600 draws of 225 centres: five or more are missed with a chance below 1e-9.
        Assert.InRange(corners.Count, 221, 225);
    }

    [Fact]
    public void APictureIsChangedBySeedEpochAndNumberAlone()
    {
        Augmentation all = new(4, true, 5);
        Dictionary<int, byte[]> first = Epoch(all, seed: 3, epoch: 7, batch: 20);
        Dictionary<int, byte[]> otherBatches = Epoch(all, seed: 3, epoch: 7, batch: 12);
        Assert.All(first.Keys, number => Assert.Equal(first[number], otherBatches[number]));
        Dictionary<int, byte[]> otherEpoch = Epoch(all, seed: 3, epoch: 8, batch: 20);
        Dictionary<int, byte[]> otherSeed = Epoch(all, seed: 4, epoch: 7, batch: 20);
        // Two draws of 81 · 2 · 225 agree with a chance of 1 in 36,450.
        Assert.InRange(first.Keys.Count(number => first[number].SequenceEqual(otherEpoch[number])), 0, 1);
        Assert.InRange(first.Keys.Count(number => first[number].SequenceEqual(otherSeed[number])), 0, 1);
        Assert.InRange(first.Keys.Count(number => first[number].SequenceEqual(first[0])), 1, 2);
    }

    [Fact]
    public void BatchesMayBeLoadedInAnyOrder()
    {
        BatchLoader forward = new(s_source, s_identity, 20, new Augmentation(4, true, 5), 1);
        BatchLoader jumping = new(s_source, s_identity, 20, new Augmentation(4, true, 5), 1);
        (float[] Images, int[] Labels) expected = default;
        for (int number = 0; number < 3; number++)
        {
            expected = Load(forward, 5, number);
        }

        Load(jumping, 9, 1);
        (float[] images, int[] labels) = Load(jumping, 5, 2);
        Assert.Equal(expected.Images, images);
        Assert.Equal(expected.Labels, labels);
    }

    [Fact]
    public void TheRemainderLeftOutIsAnotherInEachEpoch()
    {
        HashSet<int> seen = [.. Epoch(Augmentation.None, 1, 0, 50).Keys, .. Epoch(Augmentation.None, 1, 1, 50).Keys, .. Epoch(Augmentation.None, 1, 2, 50).Keys];
        Assert.Equal(50, Epoch(Augmentation.None, 1, 0, 50).Count);
        Assert.InRange(seen.Count, 55, Count);
        Assert.Equal(Count, new BatchLoader(s_source, s_identity, 1000, Augmentation.None, 1).Batch);
    }

    private static void RequireExtent(int first, int last, int cutout)
    {
        int extent = last - first + 1;
        bool isClipped = first == 0 || last == Side - 1;
        Assert.True(extent == cutout || (isClipped && extent >= (cutout + 1) / 2 && extent < cutout), $"{first} to {last}");
    }

    private static (int Y, int X) Shift(byte[] picture)
    {
        // The middle is never shifted out: its value tells where it came from.
        const int Middle = Side / 2;
        int value = picture[(Middle * Side) + Middle] - 1;
        return ((value / Side) - Middle, (value % Side) - Middle);
    }

    private static byte[] Shifted(int shiftY, int shiftX, bool isMirrored)
    {
        byte[] picture = new byte[Side * Side];
        for (int i = 0; i < picture.Length; i++)
        {
            int y = (i / Side) + shiftY;
            int x = (isMirrored ? Side - 1 - (i % Side) : i % Side) + shiftX;
            picture[i] = y is >= 0 and < Side && x is >= 0 and < Side ? (byte)((y * Side) + x + 1) : (byte)0;
        }

        return picture;
    }

    private static Dictionary<int, byte[]> Epoch(Augmentation augmentation, ulong seed, int epoch, int batch)
    {
        BatchLoader loader = new(s_source, s_identity, batch, augmentation, seed);
        Dictionary<int, byte[]> pictures = [];
        for (int number = 0; number < loader.BatchesPerEpoch; number++)
        {
            (float[] images, int[] labels) = Load(loader, epoch, number);
            for (int i = 0; i < labels.Length; i++)
            {
                pictures.Add(labels[i], [.. images.Skip(i * Side * Side).Take(Side * Side).Select(v => (byte)MathF.Round(v * 255))]);
            }
        }

        return pictures;
    }

    private static (float[] Images, int[] Labels) Load(BatchLoader loader, int epoch, int number)
    {
        ImageBatch batch = loader.NewBatch();
        loader.Load(epoch, number, batch);
        return (batch.Images.ToArray(), batch.Labels.ToArray());
    }
}
