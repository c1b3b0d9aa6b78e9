using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Tests.Cpu;

public sealed class GeneratedKernelTests
{
    // GIMBAL_REGENERATE=1 dotnet test tests/Trainer.Tests --filter GeneratedKernelTests writes the files again.
    private static readonly bool IsRegenerating = Environment.GetEnvironmentVariable("GIMBAL_REGENERATE") == "1";

    private static readonly IReadOnlyDictionary<string, string> Texts = MicroKernelSource.All.Select(source => (source.FileName, Text: source.Text()))
        .Concat(WinogradKernelSource.All.Select(source => (source.FileName, Text: source.Text())))
        .ToDictionary(file => file.FileName, file => file.Text);

    [Fact]
    public void Checked_in_kernels_are_what_the_generators_write()
    {
        foreach ((string name, string text) in Texts)
        {
            string path = Path.Combine(Folder(), name);
            if (IsRegenerating)
            {
                File.WriteAllText(path, text);
            }

            Assert.Equal(text, File.ReadAllText(path));
        }
    }

    [Fact]
    public void Every_generated_file_has_a_source()
    {
        IEnumerable<string?> files = Directory.GetFiles(Folder(), "*.g.cs").Select(Path.GetFileName);
        Assert.Equal(Texts.Keys.Order(), files.Order());
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Trainer/Cpu"));
}
