using Gimbal.SideBySide;
using TorchSharp;

namespace Gimbal.Oracle.Tests;

public sealed class LibtorchTests
{
    [TorchFact]
    public void Libtorch_loads_and_computes()
    {
        Assert.True(Libtorch.Obstacle is null, Libtorch.Obstacle);
        using var x = torch.tensor(new float[] { 1, 2, 3 });
        Assert.Equal(14f, x.dot(x).item<float>());
    }

    [Fact]
    public void Files_that_are_no_ELF_library_are_left_alone()
    {
        Assert.Null(ElfImports.Read([]));
        Assert.Null(ElfImports.Read(new byte[4096]));
        Assert.Null(ElfImports.Read("MZ\u0090"u8.ToArray()));
    }

    [TorchFact]
    public void Only_imported_functions_can_be_redirected()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        byte[] original = [.. file];
        ElfImports? imports = ElfImports.Read(file);
        Assert.NotNull(imports);
        Assert.False(imports.Redirect("no_such_function", "memcpy"));
        Assert.False(imports.Redirect("memcpy", "no_such_function"));
        Assert.Equal(original, file);

        Assert.True(imports.Redirect("memcpy", "memset"));
        Assert.False(imports.Redirect("memcpy", "memset"));
        // The name of the symbol (4 bytes) and at most its version (2 bytes).
        Assert.InRange(original.Zip(file).Count(pair => pair.First != pair.Second), 1, 6);
    }
}
