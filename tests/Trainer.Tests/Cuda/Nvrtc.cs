using System.Runtime.InteropServices;
using System.Text;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>NVIDIA's compiler as a library: it needs no device, no driver and no headers.</summary>
internal static partial class Nvrtc
{
    /// <summary>The version Debian has, 11.8; other versions give other registers.</summary>
    public const string Library = "libnvrtc.so.11.2";

    /// <summary>Compiles one source file to the machine code of one architecture.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="folder">Where it finds what it includes.</param>
    /// <param name="architecture">Such as <c>sm_80</c>.</param>
    /// <returns>A cubin.</returns>
    public static byte[] Compile(string source, string folder, string architecture)
    {
        Require(CreateProgram(out nint program, source, null, 0, 0, 0), program);
        string[] options = [$"--gpu-architecture={architecture}", "-std=c++17", $"-I{folder}"];
        Require(CompileProgram(program, options.Length, options), program);
        Require(GetCubinSize(program, out nuint size), program);
        byte[] cubin = new byte[(int)size];
        Require(GetCubin(program, ref cubin[0]), program);
        Require(DestroyProgram(ref program), program);
        return cubin;
    }

    private static void Require(int result, nint program)
    {
        if (result != 0)
        {
            Assert.Equal(0, GetProgramLogSize(program, out nuint size));
            byte[] log = new byte[(int)size];
            Assert.Equal(0, GetProgramLog(program, ref log[0]));
            Assert.Fail($"NVRTC error {result}: {Encoding.UTF8.GetString(log)}");
        }
    }

    [LibraryImport(Library, EntryPoint = "nvrtcCreateProgram", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateProgram(out nint program, string source, string? name, int headers, nint headerSources, nint headerNames);

    [LibraryImport(Library, EntryPoint = "nvrtcCompileProgram", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CompileProgram(nint program, int count, string[] options);

    [LibraryImport(Library, EntryPoint = "nvrtcGetCUBINSize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetCubinSize(nint program, out nuint size);

    [LibraryImport(Library, EntryPoint = "nvrtcGetCUBIN")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetCubin(nint program, ref byte cubin);

    [LibraryImport(Library, EntryPoint = "nvrtcGetProgramLogSize")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetProgramLogSize(nint program, out nuint size);

    [LibraryImport(Library, EntryPoint = "nvrtcGetProgramLog")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetProgramLog(nint program, ref byte log);

    [LibraryImport(Library, EntryPoint = "nvrtcDestroyProgram")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int DestroyProgram(ref nint program);
}
