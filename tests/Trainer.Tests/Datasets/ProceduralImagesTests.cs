using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class ProceduralImagesTests
{
    [Fact]
    public void NoPictureIsDrawnTwiceInOrAcrossPartsAndSeeds()
    {
        List<string> drawn = [];
        foreach (ulong seed in (ulong[])[1, 2, 3, ulong.MaxValue])
        {
            (ImageSource train, ImageSource test) = ProceduralImages.Splits(seed, 300, 200);
            drawn.AddRange(Enumerable.Range(0, 300).Select(i => Convert.ToHexString(PictureFiles.Read(train, i))));
            drawn.AddRange(Enumerable.Range(0, 200).Select(i => Convert.ToHexString(PictureFiles.Read(test, i))));
        }

        Assert.Equal(2000, drawn.Distinct().Count());
    }

    [Fact]
    public void ClassesAreBalanced()
    {
        (ImageSource train, ImageSource test) = ProceduralImages.Splits(1);
        Assert.Equal(Enumerable.Repeat(ProceduralImages.TrainCount / 10, 10), train.CountByClass());
        Assert.Equal(Enumerable.Repeat(ProceduralImages.TestCount / 10, 10), test.CountByClass());
    }

    [Fact]
    public void ASeedGivesTheSamePictures()
    {
        Assert.Equal(Fingerprint.Of(ProceduralImages.Splits(7, 100, 10).Train), Fingerprint.Of(ProceduralImages.Splits(7, 100, 10).Train));
        Assert.NotEqual(Fingerprint.Of(ProceduralImages.Splits(7, 100, 10).Train), Fingerprint.Of(ProceduralImages.Splits(8, 100, 10).Train));
    }
}
