using System.Diagnostics;
using Gimbal.Trainer.Datasets;
using Gimbal.Trainer.Tensors;
using SkiaSharp;

namespace Gimbal.Trainer.Tests.Datasets;

public class BadImageFolderTests
{
    [Theory]
    [InlineData("empty", "the file is empty")]
    [InlineData("text", "not a picture")]
    [InlineData("truncated", "truncated")]
    [InlineData("damaged", "damaged")]
    [InlineData("huge", "65000x65000 pixels are more than")]
    public void ABadPictureIsNamedAndCanBeLeftOut(string fault, string reason)
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 4), ("b", 4));
        string first = folder.Write("a/002.png", Bad(fault));
        folder.Write("b/001.png", Bad(fault));
        Refusal.Names(first, () => PictureFiles.Open(folder.Path), reason, "--bad-images skip");

        DataSplits data = PictureFiles.Open(folder.Path, new DataOptions { BadImages = BadImages.Skip, TestFraction = 0.5 });
        Assert.Equal([3, 3], data.Train.CountByClass().Zip(data.Test.CountByClass(), (train, test) => train + test));
        string note = Assert.Single(data.Notes, note => note.Contains("cannot be decoded", StringComparison.Ordinal));
        Assert.StartsWith($"2 of 8 pictures cannot be decoded and are left out, the first is {first}: ", note, StringComparison.Ordinal);
        Assert.Contains(reason, note, StringComparison.Ordinal);
        Assert.All(Enumerable.Range(0, data.Train.Count), i => Assert.Contains(PictureFiles.Read(data.Train, i), value => value != 0));
    }

    [Fact]
    public void OfManyBadPicturesTheFirstInOrderIsReported()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 100), ("b", 100));
        for (int i = 13; i < 100; i++)
        {
            folder.Write($"a/{i:000}.png", [1, 2, 3]);
            folder.Write($"b/{i:000}.png", [1, 2, 3]);
        }

        for (int repeat = 0; repeat < 5; repeat++)
        {
            Refusal.Names(folder["a/013.png"], () => PictureFiles.Open(folder.Path), "not a picture");
        }
    }

    [Fact]
    public void AClassWhosePicturesAreAllBadIsRefusedEvenWhenTheyMayBeLeftOut()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 3), ("b", 0));
        folder.Write("b/1.png", [1]);
        folder.Write("b/2.png", [2]);
        Refusal.Names(folder["b"], () => PictureFiles.Open(folder.Path, new DataOptions { BadImages = BadImages.Skip }), "none of its pictures can be decoded");
    }

    [Fact]
    public void FilesThatAreNoPicturesAreCountedAndHiddenOnesPassedOver()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 5), ("b", 5), (".cache", 2));
        folder.Write("a/notes.txt", [1]);
        folder.Write("b/Thumbs.db", [1]);
        folder.Write("b/.DS_Store", [1]);
        folder.Write("b/._000.png", [1]);
        folder.Write("b/more/000.png", PictureFiles.Noise(1));
        folder.Write("readme.md", [1]);
        DataSplits data = PictureFiles.Open(folder.Path);
        Assert.Equal(10, data.Train.Count + data.Test.Count);
        Assert.Contains("3 files or folders in class folders are no pictures by their extension and left out", data.Notes);
    }

    [Fact]
    public void LinksThatLeadInCirclesEndAtOnce()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 5), ("b", 5));
        Directory.CreateSymbolicLink(folder["a/up"], folder.Path);
        File.CreateSymbolicLink(folder["a/self.png"], folder["a/self.png"]);
        Refusal.Names(folder["a/self.png"], () => PictureFiles.Open(folder.Path), "--bad-images skip");
        File.Delete(folder["a/self.png"]);
        DataSplits data = PictureFiles.Open(folder.Path);
        Assert.Equal(10, data.Train.Count + data.Test.Count);
        Directory.CreateSymbolicLink(folder["c"], folder.Path);
        Refusal.Names(folder["c"], () => PictureFiles.Open(folder.Path), "without pictures");
    }

    [Fact]
    public void APipeOrADeviceIsNeverOpened()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 5), ("b", 5));
        using (Process make = Process.Start("mkfifo", folder["a/pipe.png"]))
        {
            make.WaitForExit();
            Assert.Equal(0, make.ExitCode);
        }

        Refusal.Names(folder["a/pipe.png"], () => PictureFiles.Open(folder.Path), "empty");
        File.Delete(folder["a/pipe.png"]);
        File.CreateSymbolicLink(folder["b/zero.png"], "/dev/zero");
        Refusal.Names(folder["b/zero.png"], () => PictureFiles.Open(folder.Path), "empty");
    }

    [Fact]
    public void AnEmptyClassIsNamed()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 5), ("b", 5));
        Directory.CreateDirectory(folder["c"]);
        Refusal.Names(folder["c"], () => PictureFiles.Open(folder.Path), "class folder without pictures", ".jpg");
    }

    [Fact]
    public void OneClassIsNotEnough()
    {
        using TestFolder folder = new();
        Refusal.Names(folder.Path, () => PictureFiles.Open(folder.Path), "no folder in it");
        PictureFiles.WriteClasses(folder, "", ("only", 5));
        Refusal.Names(folder.Path, () => PictureFiles.Open(folder.Path), "one class only (only)");
    }

    [Fact]
    public void ClassesThatDifferBetweenThePartsAreNamed()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "train", ("a", 2), ("b", 2), ("c", 2));
        PictureFiles.WriteClasses(folder, "test", ("a", 2), ("b", 2));
        Refusal.Names(folder["test"], () => PictureFiles.Open(folder.Path), "has no class c", folder["train/c"]);
        PictureFiles.WriteClasses(folder, "test", ("c", 1), ("d", 1));
        Refusal.Names(folder["train"], () => PictureFiles.Open(folder.Path), "has no class d");
    }

    [Fact]
    public void APartAloneIsExplainedAndOthersAreNoted()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "train", ("a", 2), ("b", 2));
        PictureFiles.WriteClasses(folder, "val", ("a", 2), ("b", 2));
        Refusal.Names(folder.Path, () => PictureFiles.Open(folder.Path), "has train/ alone", "train/ and test/ are wanted");
        PictureFiles.WriteClasses(folder, "test", ("a", 2), ("b", 2));
        Assert.Equal("val/ beside train/ and test/ left out", Assert.Single(PictureFiles.Open(folder.Path).Notes));
    }

    [Fact]
    public void WhatTheSystemRefusesIsOneLineThatNamesTheFolder()
    {
        DataFileException refusal = Assert.Throws<DataFileException>(
            () => DataFile.Try<int>("pets", () => throw new UnauthorizedAccessException("Access to the path 'pets' is denied.")));
        Assert.Equal("pets: cannot be read (Access to the path 'pets' is denied)", refusal.Message);
    }

    [Fact]
    public void AFileOrNothingInPlaceOfTheFolderIsRefused()
    {
        using TestFolder folder = new();
        Refusal.Names(folder["nowhere"], () => PictureFiles.Open(folder["nowhere"]), "no such folder");
        Refusal.Names(folder.Write("file.png", PictureFiles.Noise(1)), () => PictureFiles.Open(folder["file.png"]), "a folder with one folder of pictures per class is wanted");
    }

    [Fact]
    public void TooFewPicturesForATestSetAreRefused()
    {
        using TestFolder folder = new();
        PictureFiles.WriteClasses(folder, "", ("a", 2), ("b", 2));
        Refusal.Names(folder.Path, () => PictureFiles.Open(folder.Path), "20 % of each class is no picture", "--test-fraction");
    }

    // The frame header of a JPEG file states the size: marker, length, precision, rows, columns.
    private static byte[] Huge(byte[] jpeg)
    {
        int frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        ((ReadOnlySpan<byte>)[0xFD, 0xE8, 0xFD, 0xE8]).CopyTo(jpeg.AsSpan(frame + 5));
        return jpeg;
    }

    private static byte[] Bad(string fault)
    {
        byte[] good = PictureFiles.Noise(1, 40, 40);
        return fault switch
        {
            "empty" => [],
            "text" => "this is no picture"u8.ToArray(),
            "truncated" => good[..(good.Length / 2)],
            "damaged" => [.. good[..200], .. new byte[100], .. good[300..]],
            _ => Huge(PictureFiles.Noise(1, format: SKEncodedImageFormat.Jpeg)),
        };
    }
}
