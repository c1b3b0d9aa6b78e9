using System.Runtime.CompilerServices;

namespace Gimbal.Trainer.Tests.Cpu;

public sealed class MicroKernelSourceTests
{
    // GIMBAL_REGENERATE=1 dotnet test tests/Trainer.Tests --filter MicroKernelSourceTests writes the files again.
    private static readonly bool IsRegenerating = Environment.GetEnvironmentVariable("GIMBAL_REGENERATE") == "1";

    [Fact]
    public void Checked_in_micro_kernels_are_what_the_generator_writes()
    {
        foreach (MicroKernelSource source in MicroKernelSource.All)
        {
            string path = Path.Combine(Folder(), source.FileName);
            if (IsRegenerating)
            {
                File.WriteAllText(path, source.Text());
            }

            Assert.Equal(source.Text(), File.ReadAllText(path));
        }
    }

    [Fact]
    public void Every_micro_kernel_file_has_a_source()
    {
        IEnumerable<string?> files = Directory.GetFiles(Folder(), "*.g.cs").Select(Path.GetFileName);
        Assert.Equal(MicroKernelSource.All.Select(source => source.FileName).Order(), files.Order());
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src/Trainer/Cpu"));
}
