using Gimbal.Trainer.Datasets;

namespace Gimbal.Trainer.Tests.Datasets;

public class DataSpecTests
{
    [Theory]
    [InlineData("cifar", "'cifar' names no data set; there are synthetic, cifar10:DIR, images:DIR, idx:DIR")]
    [InlineData("idx", "'idx' lacks the folder: idx:DIR")]
    [InlineData("images:", "'images:' lacks the folder: images:DIR")]
    public void ATextThatNamesNoDataIsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<DataSpecException>(() => DataSpec.Parse(text)).Message);

    [Fact]
    public void AFolderMayHoldColons() => Assert.Equal(new DataSpec("images", "C:/a:b"), DataSpec.Parse("images:C:/a:b"));

    [Fact]
    public void LimitValidationAndSizeApplyToEveryKind()
    {
        using TestFolder folder = new();
        IdxFiles.WriteAll(folder);
        DataSplits data = DataSpec.Parse($"idx:{folder.Path}").Open(new DataOptions { Limit = 20, Validation = 0.5, Size = 12 });
        Assert.Equal((20, 30), (data.Train.Count + data.Validation!.Count, data.Test.Count));
        Assert.InRange(data.Validation.Count, 5, 12);
        Assert.All([data.Train, data.Validation, data.Test], part => Assert.Equal((12, 12, 1), (part.Height, part.Width, part.Channels)));
        Assert.StartsWith("idx:gimbal-data-", data.Name, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("synthetic")]
    [InlineData("images:somewhere")]
    public void WhatNobodyPublishesCannotBeFetched(string text)
    {
        DataSpecException refusal = Assert.Throws<DataSpecException>(() => DataSpec.Parse(text).Open(new DataOptions { Download = true }));
        Assert.StartsWith("--download: ", refusal.Message, StringComparison.Ordinal);
    }
}
