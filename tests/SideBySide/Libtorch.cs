using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gimbal.SideBySide;

/// <summary>Makes TorchSharp's native library loadable before its first use, and says so where it is not.</summary>
/// <remarks>
/// libLibTorchSharp.so 0.107 is linked by GCC 13: it imports <c>std::ios_base_library_init()</c>, version GLIBCXX_3.4.32, which the libstdc++
/// of GCC 12 (Debian 12) lacks, so there it does not load at all. That function does no more than construct iostream's static objects,
/// which libtorch_cpu.so, loaded first, does on its own. Where it is missing, the copy of the library in the program's
/// folder is replaced by one that calls another harmless function without arguments instead, <c>steady_clock::now()</c>, and whose need for
/// the version is weak. libtorch itself, and with it all arithmetic, is untouched; so is the package cache.
/// </remarks>
public static class Libtorch
{
    private const string MissingFunction = "_ZSt21ios_base_library_initv";
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string Substitute = "_ZNSt6chrono3_V212steady_clock3nowEv";

    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    /// <summary>Why libtorch cannot be used on this machine, in one line; null where it can.</summary>
    public static string? Obstacle => s_obstacle.Value;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "Must precede TorchSharp's static constructors, which load the library.")]
    internal static void Prepare()
    {
        string library = Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
        if (OperatingSystem.IsLinux() && File.Exists(library) && !RuntimeHas(MissingFunction))
        {
            MakeLoadable(library);
        }
    }

    private static bool RuntimeHas(string function) =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint runtime) && NativeLibrary.TryGetExport(runtime, function, out _);

    private static void MakeLoadable(string library)
    {
        byte[] file = File.ReadAllBytes(library);
        if (ElfImports.Read(file) is not { } imports || !imports.Redirect(MissingFunction, Substitute))
        {
            return;
        }

        imports.MakeOptional(MissingVersion);
        // A new file under the old name: the build may have made the old one a hard link into the package cache.
        string replacement = $"{library}.{Environment.ProcessId}";
        File.WriteAllBytes(replacement, file);
        File.SetLastWriteTimeUtc(replacement, File.GetLastWriteTimeUtc(library));
        File.Move(replacement, library, overwrite: true);
    }

    private static string? FindObstacle()
    {
        try
        {
            foreach (string name in OperatingSystem.IsWindows() ? ["torch_cpu", "LibTorchSharp"] : new[] { "libtorch_cpu", "libLibTorchSharp" })
            {
                string extension = OperatingSystem.IsWindows() ? ".dll" : OperatingSystem.IsMacOS() ? ".dylib" : ".so";
                NativeLibrary.Load(Path.Combine(AppContext.BaseDirectory, name + extension));
            }

            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return $"libtorch does not load: {e.Message.ReplaceLineEndings(" ").Trim()}";
        }
    }
}
