using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Gimbal.CudaSimulator;

namespace Gimbal.Trainer.Tests.Cuda;

/// <summary>A kernel of tests/CudaSimulator/misuses, as its source describes it.</summary>
/// <param name="Name">With _wrong or _right at the end.</param>
/// <param name="Threads">Threads of a block.</param>
/// <param name="Reports">What a report may say of it: "file:line: " and the beginning of the text.</param>
internal sealed partial record MisuseKernel(string Name, int Threads, IReadOnlyList<string> Reports)
{
    /// <summary>Every kernel of the folder.</summary>
    public static IReadOnlyList<MisuseKernel> All { get; } = ReadAll();

    /// <summary>Kernels with a fault.</summary>
    public static IEnumerable<MisuseKernel> Wrong => All.Where(kernel => kernel.Name.EndsWith("_wrong", StringComparison.Ordinal));

    /// <summary>Kernels without.</summary>
    public static IEnumerable<MisuseKernel> Right => All.Where(kernel => kernel.Name.EndsWith("_right", StringComparison.Ordinal));

    /// <summary>A kernel by its name.</summary>
    public static MisuseKernel Find(string name) => All.Single(kernel => kernel.Name == name);

    /// <summary>PTX that declares a kernel and does nothing: what runs is the host twin.</summary>
    public static string PtxOf(string name, int threads, int parameterBytes) =>
        $".version 7.0\n.target sm_80\n.visible .entry {name}(\n\t.param .align 8 .b8 {name}_param_0[{parameterBytes}]\n)\n.maxntid {threads}, 1, 1\n{{\n\tret;\n}}\n";

    /// <summary>The kernel's own PTX.</summary>
    public string Ptx() => PtxOf(Name, Threads, Marshal.SizeOf<MisuseArguments>());

    private static List<MisuseKernel> ReadAll()
    {
        List<(string Name, int Threads)> kernels = [];
        List<(string Kernel, string Report)> reports = [];
        foreach (string path in Directory.GetFiles(Path.Combine(SimulatorBuild.Sources, "misuses"), "*.cu"))
        {
            foreach ((int index, string line) in File.ReadLines(path).Index())
            {
                if (Declaration().Match(line) is { Success: true } declaration)
                {
                    kernels.Add((declaration.Groups[1].Value, int.Parse(declaration.Groups[2].Value)));
                }

                if (Remark().Match(line) is { Success: true } remark)
                {
                    string kernel = remark.Groups[1].Success ? remark.Groups[1].Value : kernels[^1].Name;
                    reports.AddRange(remark.Groups[2].Value.Split(" or ").Select(text => (kernel, $"{Path.GetFileName(path)}:{index + 1}: {text}")));
                }
            }
        }

        return [.. kernels.Select(kernel => new MisuseKernel(kernel.Name, kernel.Threads, [.. reports.Where(report => report.Kernel == kernel.Name).Select(report => report.Report)]))];
    }

    [GeneratedRegex(@"^GB_KERNEL\((\w+), (\d+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"// misuse(?: \((\w+)\))?: (.*)$")]
    private static partial Regex Remark();
}

/// <summary>MisuseArgs of misuse.cuh.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MisuseArguments
{
    public ulong Input;
    public ulong Output;
    public ulong Workspace;
    public ulong Counter;
    public int Count;
    public int Block;
}
