using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class ImageSubsetTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void ASplitTakesTheSameShareOfEachClassAndLosesNothing(double share)
    {
        ImageSource source = Numbered([50, 30, 7, 1]);
        (ImageSource kept, ImageSource part) = ImageSubset.Split(source, share, 3);
        Assert.Equal([(int)Math.Round(50 * share), (int)Math.Round(30 * share), (int)Math.Round(7 * share), 0], part.CountByClass());
        Assert.Equal(Enumerable.Range(0, 88), Numbers(kept).Concat(Numbers(part)).Order());
    }

    [Fact]
    public void ASplitLeavesEachClassAPicture()
    {
        (ImageSource kept, _) = ImageSubset.Split(Numbered([10, 2, 1]), 0.999, 1);
        Assert.Equal([1, 1, 1], kept.CountByClass());
    }

    [Fact]
    public void ASplitDependsOnItsSeedAlone()
    {
        ImageSource source = Numbered([50, 50]);
        Assert.Equal(Numbers(ImageSubset.Split(source, 0.2, 9).Part), Numbers(ImageSubset.Split(source, 0.2, 9).Part));
        Assert.NotEqual(Numbers(ImageSubset.Split(source, 0.2, 9).Part), Numbers(ImageSubset.Split(source, 0.2, 10).Part));
    }

    [Fact]
    public void TakeChoosesDifferentPicturesBySeed()
    {
        ImageSource source = Numbered([100, 100]);
        int[] taken = Numbers(ImageSubset.Take(source, 60, 4));
        Assert.Equal(60, taken.Distinct().Count());
        Assert.Equal(taken, Numbers(ImageSubset.Take(source, 60, 4)));
        Assert.NotEqual(taken, Numbers(ImageSubset.Take(source, 60, 5)));
        Assert.Equal(taken[..20], Numbers(ImageSubset.Take(source, 20, 4)));
        Assert.Same(source, ImageSubset.Take(source, 200, 4));
    }

    [Fact]
    public void ASubsetKeepsLabelsWithTheirPictures()
    {
        ImageSource taken = ImageSubset.Take(Numbered([100, 100]), 50, 8);
        Assert.All(Enumerable.Range(0, 50), i => Assert.Equal(PictureFiles.Read(taken, i)[0] < 100 ? 0 : 1, taken.Label(i)));
    }

    /// <summary>Pictures of one pixel that holds their number.</summary>
    private static ImageSet Numbered(int[] counts) => new(
        [.. Enumerable.Range(0, counts.Sum()).Select(i => (byte)i)],
        [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))],
        1,
        1,
        1,
        [.. counts.Select((_, label) => $"class {label}")]);

    private static int[] Numbers(ImageSource source) => [.. Enumerable.Range(0, source.Count).Select(i => (int)PictureFiles.Read(source, i)[0])];
}
