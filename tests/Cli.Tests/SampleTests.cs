using System.Diagnostics;
using Gimbal.Trainer.Tests.Datasets;
using SkiaSharp;

namespace Gimbal.Cli.Tests;

/// <summary>The samples do what they say: one trains a network of its own, the other ships it without the trainer.</summary>
public sealed class SampleTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_network_built_in_code_is_trained_exported_and_used_by_an_app()
    {
        string trained = Run("TrainOwnNetwork", "shapes.onnx", "1");
        Assert.Contains("epoch 1: loss", trained, StringComparison.Ordinal);
        Assert.Contains("shapes.onnx: verified: 2000 images, 100 % agree", trained, StringComparison.Ordinal);

        _folder.Write("picture.jpg", PictureFiles.Noise(1, 48, 40, SKEncodedImageFormat.Jpeg));
        string classified = Run("ClassifyPicture", "shapes.onnx", "picture.jpg");
        Assert.Matches(@"(?s)^ *\d+\.\d ?%  \w+\n *\d+\.\d ?%  \w+\n *\d+\.\d ?%  \w+\n$", classified);
    }

    [Fact]
    public void The_app_carries_no_trainer()
    {
        string[] libraries = [.. Directory.GetFiles(FolderOf("ClassifyPicture"), "Gimbal.*.dll").Select(path => Path.GetFileName(path))];

        Assert.Equal(["Gimbal.Inference.dll"], libraries);
    }

    public void Dispose() => _folder.Dispose();

    // Beside the tests' own folder: artifacts/bin/PROJECT/CONFIGURATION.
    private static string FolderOf(string sample)
    {
        DirectoryInfo configuration = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(configuration.Parent!.Parent!.FullName, sample, configuration.Name);
    }

    private string Run(string sample, params IEnumerable<string> arguments)
    {
        ProcessStartInfo command = new("dotnet", [Path.Combine(FolderOf(sample), $"{sample}.dll"), .. arguments])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Tool.Run(command).Succeeded().Out;
    }
}
